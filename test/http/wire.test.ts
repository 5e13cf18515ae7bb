import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMemorySystem } from '../support/system.ts';
import { person } from './shop.ts';
import { Client, type RunningServer, runServer, Wire } from './running.ts';

let running: RunningServer;
beforeAll(async () => void (running = await runServer(openMemorySystem())));
afterAll(() => running[Symbol.asyncDispose]());

const wire = (text: string | Buffer) => new Wire(running.server.url).send(text);

const postOf = (body: string, ...headers: string[]) =>
  ['POST /api/accounts/customers HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers, '', body].join(
    '\r\n',
  );

/** Status, type and code of the only answer that came. */
async function refusalOn(connection: Wire): Promise<[status: number, type: string | undefined, code: string]> {
  const text = await connection.closed;
  const [head, body] = text.split('\r\n\r\n') as [string, string];
  const type = /content-type: ([^;\r]*)/i.exec(head)?.[1];
  return [Number(head.split(' ')[1]), type, JSON.parse(body).code];
}

const PROBLEM = 'application/problem+json';

describe('over the wire', () => {
  test('bytes that are no request are refused with a problem', async () => {
    expect(await refusalOn(wire('hello\r\n\r\n'))).toEqual([400, PROBLEM, 'http.not-http']);
    expect(await refusalOn(wire('GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n'))).toEqual([
      400,
      PROBLEM,
      'http.not-http',
    ]);
    expect(await refusalOn(wire('GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n'))).toEqual([400, PROBLEM, 'http.not-http']);
  });

  test('very long URLs and headers are refused with a problem', async () => {
    const long = 'x'.repeat(20_000);
    expect(await refusalOn(wire(`GET /${long} HTTP/1.1\r\nHost: x\r\n\r\n`))).toEqual([
      431,
      PROBLEM,
      'http.headers-too-large',
    ]);
    expect(await refusalOn(wire(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${long}\r\n\r\n`))).toEqual([
      431,
      PROBLEM,
      'http.headers-too-large',
    ]);
  });

  test('a body that says it is larger than 1 MiB is refused before it is sent', async () => {
    const connection = wire(postOf('{', 'Content-Length: 1048577', 'Connection: close'));
    expect(await refusalOn(connection)).toEqual([413, PROBLEM, 'http.body-too-large']);
  });

  test('a body that grows larger than 1 MiB is refused', async () => {
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    const connection = wire(postOf(chunk.repeat(17), 'Transfer-Encoding: chunked', 'Connection: close'));
    expect(await refusalOn(connection)).toEqual([413, PROBLEM, 'http.body-too-large']);
  });

  test('a client that asks whether it may go on is told so', async () => {
    const body = JSON.stringify({ ...person, email: 'continue@example.com' });
    const head = postOf('', `Content-Length: ${body.length}`, 'Expect: 100-continue', 'Connection: close');
    const connection = wire(head);
    await connection.until('100 Continue');
    expect(await connection.send(body).closed).toContain('201 Created');
  });

  test('one connection serves one request after the other, whatever came of the first', async () => {
    const client = new Client(running.server.url);
    expect((await client.ask('POST', '/api/checkout/orders', '{', { 'content-type': 'application/json' })).status).toBe(
      400,
    );
    expect((await client.get('/api/checkout/orders')).status).toBe(200);
  });
});
