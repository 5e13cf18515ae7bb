import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { accountOf, balance } from './support/account.ts';
import { HttpClient, newTally } from './support/http-client.ts';
import { InvalidOption, readOptions } from './support/options.ts';
import { exitCodeOf, report } from './support/report.ts';

describe('a balance', () => {
  const one = accountOf([['a', 1] as const, ['b', 2] as const]);

  test('holds when every entry is the same', () => {
    expect(exitCodeOf([balance('pieces', one, one)])).toBe(0);
  });

  test('does not hold when only the sums are the same', () => {
    const other = accountOf([['a', 2] as const, ['b', 1] as const]);
    const verdict = balance('pieces', one, other);
    expect([verdict.expected, verdict.actual, exitCodeOf([verdict])]).toEqual([3n, 3n, 1]);
    expect(report({}, [verdict])).toContain('a: should be 1, is 2');
  });

  test('does not hold when something is there that nobody expects', () => {
    expect(exitCodeOf([balance('pieces', accountOf([]), accountOf([['c', 1]]))])).toBe(1);
  });

  test('shows money to the last digit', () => {
    const verdict = balance('captured', accountOf([['a', 12_345_678_901n]]), accountOf([['a', -1n]]), 'money');
    expect(report({}, [verdict])).toContain('a: should be 1,234,567.8901, is -0.0001');
  });
});

describe('the clients of a proof', () => {
  const clientOf = (answer: RequestListener, isDisturbed = false) => {
    const server = createServer(answer).listen();
    onTestFinished(() => void server.close());
    const tally = newTally();
    const urlOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { tally, client: new HttpClient({ urlOf, tally, isDisturbed }) };
  };
  const order = { method: 'POST' as const, path: '/orders', body: {}, key: 'key', mayEnd: [201] };

  /** Answers the first call in one way, all others with 201. */
  const firstThen = (first: RequestListener): RequestListener => {
    let calls = 0;
    return (request, response) => {
      calls += 1;
      if (calls === 1) return first(request, response);
      response.writeHead(201).end(JSON.stringify({ id: request.headers['idempotency-key'] }));
    };
  };
  const fails = firstThen((_request, response) => void response.writeHead(500).end('{"code":"http.internal-error"}'));
  const hangsUp = () => firstThen((request) => void request.socket.destroy());
  const isAway = () => firstThen((_request, response) => void response.writeHead(503).end('{"code":"http.away"}'));

  test('repeat under the same key what a server fails to do, and never forget that it failed', async () => {
    const { client, tally } = clientOf(fails);
    expect((await client.call(order)).body).toEqual({ id: 'key' });
    expect([...tally.wrong]).toEqual([['500 http.internal-error', 1]]);
    expect([tally.acknowledged, tally.repeated]).toEqual([1, 1]);
  });

  test.each([
    ['hangs up', hangsUp, 'no answer'],
    ['is away', isAway, '503 http.away'],
  ])('blame a server that %s only when nobody ended it', async (_what, listener, blame) => {
    const calm = clientOf(listener());
    await calm.client.call(order);
    expect([...calm.tally.wrong]).toEqual([[blame, 1]]);
    const disturbed = clientOf(listener(), true);
    await disturbed.client.call(order);
    expect([...disturbed.tally.wrong]).toEqual([]);
  });

  test('take an answer that no call may get for what it is, and do not ask again', async () => {
    const { client, tally } = clientOf((_request, response) => void response.writeHead(404).end('{"code":"gone"}'));
    expect((await client.call(order)).status).toBe(404);
    expect([[...tally.wrong], tally.repeated]).toEqual([[['404 gone', 1]], 0]);
  });
});

describe('a proof', () => {
  const root = new URL('../../', import.meta.url);
  const names = readdirSync(new URL('test/proofs/', root)).flatMap((file) => /^([\w-]+)\.ts$/.exec(file)?.[1] ?? []);

  test('can be run by its name, and has a reduced form among the tests', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { scripts: object };
    expect(names).toContain('order-book');
    expect(scripts).toMatchObject(
      Object.fromEntries(names.map((name) => [`proof:${name}`, `node test/proofs/${name}.ts`])),
    );
    const tests = new Set(readdirSync(new URL('test/proofs/', root)));
    expect(names.filter((name) => !tests.has(`${name}.test.ts`))).toEqual([]);
  });

  test.each([
    [['--help'], 0, 'npm run proof:order-book -- <dir>'],
    [[], 2, 'say which folder'],
    [['nowhere'], 2, 'there is no folder nowhere'],
  ])('explains itself: %j', (words, exitCode, text) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['test/proofs/order-book.ts', ...words], {
      cwd: root,
      encoding: 'utf8',
    });
    expect([status, stdout + stderr]).toEqual([exitCode, expect.stringContaining(text)]);
  });
});

describe('the options of a proof', () => {
  const defaults = { orders: 10, clients: 2, servers: 1 };

  test('say what the run is', () => {
    const words = ['--seed', '7', '--orders', '20', '--servers', '4', '--mix'];
    expect(readOptions(words, defaults)).toEqual({
      seed: 7,
      orders: 20,
      clients: 2,
      servers: 4,
      isMixed: true,
      isKept: false,
    });
  });

  test.each([
    [['--seed', 'x'], '--seed must be a whole number, and is "x"'],
    [['--clients', '0'], '--clients must be a whole number of at least 1, and is "0"'],
    [['--sed', '1'], "Unknown option '--sed'"],
  ])('are refused by name: %j', (words, why) => {
    expect(() => readOptions(words, defaults)).toThrow(InvalidOption);
    expect(() => readOptions(words, defaults)).toThrow(why);
  });
});
