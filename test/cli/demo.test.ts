import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demo, loadDemo } from '#app/demo/load';
import { asOperator, openMemorySystem } from '../support/system.ts';
import { type RunningServer, runServer } from '../http/running.ts';
import { type CommandResult, runCommandIn } from './command-line.ts';

const runDemo = (url: string, ...words: readonly string[]): Promise<CommandResult> =>
  runCommandIn({ HOST: '127.0.0.1', PORT: new URL(url).port }, 'demo', ...words);

/** A server that is not ours. */
async function openStranger(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => void server.close(),
  };
}

describe('microlith demo', () => {
  let running: RunningServer;
  let url: string;
  beforeAll(async () => {
    running = await runServer(openMemorySystem());
    url = running.server.url;
  });
  afterAll(() => running[Symbol.asyncDispose]());

  test('says that the shop has no demo goods', async () => {
    expect(await runDemo(url)).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringMatching(/^microlith: this shop has no demo goods: .*MICROLITH_DEMO=0/),
    });
  });

  test('places an order and waits until it is confirmed, again when the demo product has run out', async () => {
    await loadDemo(running.system, true);
    const { code, out, error } = await runDemo(url);
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(/^order [\da-f-]{36} is confirmed\n\n.*npx microlith trace [\da-f-]{36}\n$/);
    await sellOut();
    const again = await runDemo(url);
    expect(again).toMatchObject({ code: 0, error: '' });
    expect(again.out).toMatch(/^the demo product had run out: 25 more were received\norder .* is confirmed\n/);
  });

  test('fails when the order is cancelled, and says why', async () => {
    const placed = { id: demo.productId };
    const order = { status: 'cancelled', reason: 'out of stock' };
    using stranger = await openStranger(({ method, url: path }, response) => {
      const stock = { available: 1 };
      response.end(JSON.stringify(method === 'POST' ? placed : path!.includes('/stock/') ? stock : order));
    });
    expect(await runDemo(stranger.url)).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringMatching(/^microlith: order .* is cancelled: out of stock\n.*npx microlith trace /),
    });
  });

  test('gives up on an order that stays as it is, and says so', async () => {
    using stranger = await openStranger(({ method }, response) => {
      const answer = method === 'POST' ? { id: demo.productId } : { available: 1, status: 'placed', reason: null };
      response.end(JSON.stringify(answer));
    });
    expect(await runDemo(stranger.url, '--wait', '1')).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringMatching(/is still not confirmed after 1 s\. What holds it: npx microlith events status\n$/),
    });
  });

  test.each([
    ['HTML', 200, '<html>'],
    ['JSON of its own', 404, '{"error":"not found"}'],
  ])('tells a server from another program on its port, which answers with %s', async (_what, status, body) => {
    using stranger = await openStranger((_request, response) => response.writeHead(status).end(body));
    expect(await runDemo(stranger.url)).toMatchObject({
      code: 1,
      error: `microlith: another program answers at ${stranger.url}. Set HOST and PORT as they are set for the server\n`,
    });
  });

  test('finds its server at an IPv6 address too', async () => {
    expect(await runCommandIn({ HOST: '::1', PORT: '1' }, 'demo')).toMatchObject({
      code: 1,
      error: 'microlith: no server answers at http://[::1]:1; start one with: npm start\n',
    });
  });

  test('is told how long it may wait', async () => {
    expect(await runDemo(url, '--wait', 'a while')).toMatchObject({
      code: 2,
      error: 'microlith: --wait must be a whole number from 1, not a while\n',
    });
  });

  async function sellOut(): Promise<void> {
    const { commands, queries } = running.system.contexts.fulfillment;
    const { warehouses } = await asOperator(() => queries.getStock(demo.productId));
    for (const { warehouseId, available } of warehouses) {
      const sold = { productId: demo.productId, warehouseId, difference: -available, reason: 'sold out' };
      await asOperator(() => commands.adjustStock(sold));
    }
  }
});
