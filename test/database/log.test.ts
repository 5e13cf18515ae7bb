import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { APPENDED, noticeStatement } from '#events/messaging/adapters/postgresql/log/channels';
import { findMembers, joinMembers } from '#events/messaging/adapters/postgresql/relay/members';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { createReadBehind } from '#events/messaging/adapters/postgresql/log/read-behind';
import { faultOf } from '#events/messaging/lanes/fault';
import { FrontierGone, LogMoved } from '#events/messaging/log/log';
import { SettledReader } from '#events/messaging/log/settled-reader';
import { realTiming } from '#events/messaging/timing';
import { uuidV7 } from '#shared-kernel/uuid';
import { NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { until } from '../support/eventually.ts';
import { openLine } from '../support/line.ts';
import { type HeldCommits, holdCommits } from '../support/held-commits.ts';

const APPEND = `
  insert into messaging.log (id, type, version, tenant_id, key, data, occurred_at, correlation_id, causation_id, actor, source)
  values ($1, 'desk.NoteTaken', 1, 'default', null, '{}', now(), $1, $1, 'test', 'test')`;

describe('the log', () => {
  let desk: Desk;
  beforeEach(async () => void (desk = await openDesk()));
  afterEach(() => desk[Symbol.asyncDispose]());

  const take = (text: string, { unitOfWork } = desk.store) =>
    asUser(() =>
      unitOfWork(async ({ notes, publish }) => {
        await notes.add(text);
        publish(NoteTaken({ topic: 'a', text }));
      }),
    );

  test('shows its reader an appender until the commit has ended', async () => {
    const held: HeldCommits = await holdCommits(desk.database.address, 'desk.notes');
    try {
      const taking = take('slow');
      await until(async () => expect((await desk.source.sightAppenders()).appenders.size).toBe(1));
      await desk.database.query(APPEND, [uuidV7()]);
      const reader = new SettledReader(desk.source, realTiming);
      for (let look = 0; look < 20; look += 1) expect(await reader.next()).toBeUndefined();
      await held.release();
      await taking;
      expect((await reader.next())?.events).toHaveLength(2);
    } finally {
      await held.release();
    }
  });

  test('is appended to without a NOTIFY in the transaction', async () => {
    const heard: string[] = [];
    const listener = new pg.Client(desk.database.address);
    listener.on('notification', ({ channel }) => heard.push(channel));
    await listener.connect();
    await listener.query(`listen ${APPENDED}; listen after_it`);
    await take('quietly');
    await listener.query('notify after_it');
    await until(async () => expect(heard).toContain('after_it'));
    await listener.end();
    expect(heard).toEqual(['after_it']);
  });

  test('is appended to with a notice right behind the commit, where one is due', async () => {
    const told: boolean[] = [];
    const store = await desk.reopen({
      noticeOf: (types) => ({ statement: noticeStatement({ by: '7', types }), heed: () => undefined }),
      onAppended: (_, isTold) => void told.push(isTold),
    });
    const heard: (string | undefined)[] = [];
    const listener = new pg.Client(desk.database.address);
    listener.on('notification', ({ payload }) => heard.push(payload));
    await listener.connect();
    await listener.query(`listen ${APPENDED}`);
    await take('told of', store);
    await until(async () => expect(heard).toEqual([`@7 ${NoteTaken.type}`]));
    await listener.end();
    expect(told).toEqual([true]);
  });

  test('gives a payload back exactly as it was published', async () => {
    const payload = {
      zebra: [0.1, 1e308, 5e-324, -(2 ** 53 - 1), 1.7976931348623157e308],
      alpha: 'é, e\u0301, 🛞, \u2028, \u0001, \\u0000, "quoted", \r\n',
      '': { '$&': null, '0': false, nested: { deeper: [[[]], {}] } },
    };
    await desk.database.query(APPEND.replace(`'{}'`, '$2'), [uuidV7(), JSON.stringify(payload)]);
    const [event] = await desk.source.rows(0, 10);
    expect(event!.data).toBe(JSON.stringify(payload));
  });

  test('knows who reads it, for as long as they say something', async () => {
    const relay = new pg.Client(desk.database.address);
    await relay.connect();
    await joinMembers(relay, '4711');
    expect(await findMembers(desk.pool)).toEqual(['4711']);
    expect((await relay.query('show idle_session_timeout')).rows).toEqual([{ idle_session_timeout: '5s' }]);
    await relay.end();
    await until(async () => expect(await findMembers(desk.pool)).toEqual([]));
  });

  test('lets nobody choose a position', async () => {
    const chosen = APPEND.replace('(id', '(position, id').replace('($1,', '(99, $1,');
    await expect(desk.database.query(chosen, [uuidV7()])).rejects.toMatchObject({ code: '428C9' });
  });

  test('shows at once what stands beyond a hole of rollbacks, however large it is and often nothing was there before', async () => {
    await take('near');
    const [near] = await desk.source.rows(0, 10);
    const look = async () => (await desk.source.rows(near!.position, 10)).map(({ position }) => position);
    for (let times = 0; times < 3; times += 1) expect(await look()).toEqual([near!.position]);
    await desk.database.query(`select setval('messaging.log_position_seq', 5000)`);
    await take('far');
    expect(await look()).toEqual([near!.position, 5001]);
  });

  test('that went back stops a lane that is behind', async () => {
    for (const text of ['1', '2', '3']) await take(text);
    const [first, , third] = await desk.source.rows(0, 10);
    const read = createReadBehind(desk.pool);
    const through = { position: third!.position, eventId: third!.id };
    const from = (eventId: string) => read([NoteTaken.type], { position: first!.position, eventId }, through);
    expect((await from(first!.id)).events).toHaveLength(2);
    await expect(from(uuidV7())).rejects.toThrow(LogMoved);
  });

  test('is not read up to a frontier that is not in it: what is there now may not be settled', async () => {
    for (const text of ['1', '2', '3']) await take(text);
    const [first, , third] = await desk.source.rows(0, 10);
    const after = { position: first!.position, eventId: first!.id };
    const through = { position: third!.position, eventId: uuidV7() };
    await expect(createReadBehind(desk.pool)([NoteTaken.type], after, through)).rejects.toThrow(FrontierGone);
  });

  /** A server that calls itself a standby. */
  const disguise = () =>
    desk.database.query(`create function disguise.pg_is_in_recovery() returns boolean language sql as 'select true'`);
  const prepareDisguise = () =>
    desk.database.query(
      `create schema disguise; alter database ${desk.database.address.database} set search_path = disguise, pg_catalog`,
    );

  test('is not read from a standby', async () => {
    await prepareDisguise();
    await disguise();
    await expect(desk.source.rows(0, 10)).rejects.toThrow(LogMoved);
  });

  test('proves nothing once its server has become a standby', async () => {
    await prepareDisguise();
    await expect(desk.source.rows(0, 10)).resolves.toEqual([]);
    await disguise();
    await expect(desk.source.sightAppenders()).rejects.toThrow(LogMoved);
  });

  test('is read on after its connection was lost', async () => {
    await take('before');
    expect(await desk.source.rows(0, 10)).toHaveLength(1);
    const { database } = desk.database.address;
    await desk.database.onServer(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`,
    );
    await until(async () => expect(desk.source.rows(0, 10)).resolves.toHaveLength(1));
  });

  test('is appended to on connections that the server ends when they stop', async () => {
    const { rows } = await desk.pool.query<{ name: string; setting: number }>(
      `select name, setting::int from pg_settings
        where name in ('idle_in_transaction_session_timeout', 'lock_timeout') order by name`,
    );
    expect(rows.map(({ name }) => name)).toEqual(['idle_in_transaction_session_timeout', 'lock_timeout']);
    for (const { setting } of rows) expect(setting).toBeGreaterThan(0);
  });

  test('is asked on connections for which nothing is compiled', async () => {
    const { rows } = await desk.pool.query('show jit');
    expect(rows).toEqual([{ jit: 'off' }]);
  });
});

describe('a connection that does not answer any more', () => {
  test('is given up as an outage', async () => {
    await using desk = await openDesk();
    await using line = await openLine(desk.database.address);
    const pool = createPool(line.address, { largest: 1, reportError: () => undefined });
    await pool.query('select 1');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      line.fallSilent();
      let fault: unknown = 'still waiting';
      pool.query('select 2').catch((error: unknown) => (fault = faultOf(error)));
      await vi.advanceTimersByTimeAsync(10_000);
      expect(fault).toBe('outage');
    } finally {
      vi.useRealTimers();
      await line.cut();
      await pool.end();
    }
  });
});
