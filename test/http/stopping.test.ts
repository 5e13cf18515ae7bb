import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { histories } from '#app/contexts';
import { untilBlocked } from '../support/blocked.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { openMemorySystem, openSystemOn } from '../support/system.ts';
import { ERROR } from './log.ts';
import { Client, runServer, Wire } from './running.ts';
import { person } from './shop.ts';

/** Keeps every registration waiting until it is let go. */
async function holdRegistrations(database: TestDatabase) {
  const hold = new pg.Client(database.address);
  await hold.connect();
  await hold.query('begin; lock table accounts.customers in access exclusive mode');
  return {
    untilWaiting: (count: number) => untilBlocked(database, count),
    release: () => hold.end(),
  };
}

describe('a server that is told to stop', () => {
  test('answers what was asked, refuses what comes later, and says that it is not ready', async () => {
    await using database = await createDatabase(histories);
    await using running = await runServer(openSystemOn(database.address));
    const { url } = running.server;
    const [busy, late] = [new Client(url), new Client(url)];
    const hold = await holdRegistrations(database);
    const asked = busy.post('/api/accounts/customers', person);
    await hold.untilWaiting(1);
    const stopped = running.stop();
    expect(await late.get('/readyz')).toMatchObject({ status: 503, body: { detail: 'the server is stopping' } });
    expect(await late.post('/api/accounts/customers', { ...person, email: 'late@example.com' })).toMatchObject({
      status: 503,
      headers: { 'content-type': 'application/problem+json', connection: 'close' },
      body: { code: 'http.stopping' },
    });
    expect(await late.get('/livez')).toMatchObject({ status: 200 });
    await hold.release();
    expect(await asked).toMatchObject({ status: 201, headers: { connection: 'close' } });
    await stopped;
    expect(running.log.lines.filter(({ level }) => level >= ERROR)).toEqual([]);
    await expect(new Client(url).get('/livez')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const [row] = await database.query('select count(*)::int as customers from accounts.customers');
    expect(row).toEqual({ customers: 1 });
  });

  test('does not wait for a request that never arrives', async () => {
    await using running = await runServer(openMemorySystem());
    const half = [
      new Wire(running.server.url).send('POST /api/accounts/customers HTTP/1.1\r\nHost: x\r\nContent-'),
      new Wire(running.server.url).send(
        'POST /api/accounts/customers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
      ),
      new Wire(running.server.url),
    ];
    await new Client(running.server.url).get('/livez');
    await expect(running.stop()).resolves.toBeUndefined();
    await Promise.all(half.map(({ closed }) => closed));
  });
});
