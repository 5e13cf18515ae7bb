import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, test } from 'vitest';
import { LARGEST_PAGE } from '#events/messaging/log/log';
import { SettledReader } from '#events/messaging/log/settled-reader';
import { realTiming } from '#events/messaging/timing';
import { uuidV7 } from '#shared-kernel/uuid';
import { openDesk, type Desk } from '../support/desk.ts';
import { until } from '../support/eventually.ts';

const APPEND = `
  insert into messaging.log (id, type, version, tenant_id, key, data, occurred_at, correlation_id, causation_id, actor, source)
  values ($1, 'desk.NoteTaken', 1, 'default', $2, '{}', now(), $1, $1, 'test', 'test')`;

const MANY = `
  insert into messaging.log (id, type, version, tenant_id, data, occurred_at, correlation_id, causation_id, actor, source)
  select gen_random_uuid(), 'desk.NoteTaken', 1, 'default', '{}', now(), gen_random_uuid(), gen_random_uuid(), 'test', 'test'
    from generate_series(1, $1)`;

async function connect({ database }: Desk): Promise<pg.Client> {
  const client = new pg.Client(database.address);
  await client.connect();
  return client;
}

/** Reads until all of these ids were seen; returns the ids in the order they came. */
async function readAll(desk: Desk, count: () => number, isOver: () => boolean): Promise<string[]> {
  const reader = new SettledReader(desk.source, realTiming);
  const seen: string[] = [];
  while (!isOver() || seen.length < count()) {
    const page = await reader.next();
    if (page) seen.push(...page.events.map(({ id }) => id));
  }
  return seen;
}

/** One writer: random holds, rollbacks, savepoints; notes what it committed, in its own order. */
async function write(desk: Desk, key: string, transactions: number): Promise<string[]> {
  const client = await connect(desk);
  const committed: string[] = [];
  for (let at = 0; at < transactions; at += 1) {
    const ids = [uuidV7(), uuidV7()];
    await client.query('begin');
    await client.query(APPEND, [ids[0], key]);
    if (randomInt(4) === 0) await client.query('savepoint s');
    if (randomInt(20) === 0) await sleep(randomInt(30));
    await client.query(APPEND, [ids[1], key]);
    const isKept = randomInt(5) > 0;
    await client.query(isKept ? 'commit' : 'rollback');
    if (isKept) committed.push(...ids);
  }
  await client.end();
  return committed;
}

test('no event is lost or out of its order, whatever appenders and others do', async () => {
  await using desk = await openDesk();
  const foreigner = await connect(desk);
  await beginElsewhere(foreigner, 'begin');

  let expected = Number.POSITIVE_INFINITY;
  let isOver = false;
  const reading = readAll(
    desk,
    () => expected,
    () => isOver,
  );
  const [attached, ...writers] = await Promise.all([
    attachPartitions(desk),
    ...Array.from({ length: 16 }, (_, writer) => write(desk, `writer ${writer}`, 60)),
  ]);
  const committed = writers.flat();
  expected = committed.length;
  isOver = true;
  const seen = await reading;

  expect(attached).toBe(3);
  expect(new Set(seen)).toEqual(new Set(committed));
  expect(seen).toHaveLength(committed.length);
  for (const own of writers) {
    const ownSet = new Set(own);
    expect(seen.filter((id) => ownSet.has(id))).toEqual(own);
  }
  await foreigner.query('rollback');
  await foreigner.end();
});

test('an event behind a prepared transaction waits for its end, and is not lost', async () => {
  await using desk = await openDesk();
  const client = await connect(desk);
  const { rows } = await client.query<{ max_prepared_transactions: string }>('show max_prepared_transactions');
  expect(Number(rows[0]!.max_prepared_transactions), 'this test needs prepared transactions').toBeGreaterThan(0);
  const [first, second] = [uuidV7(), uuidV7()];
  await client.query('begin');
  await client.query(APPEND, [first, 'a']);
  await client.query(`prepare transaction 'held'`);
  await client.query(APPEND, [second, 'b']);

  const reader = new SettledReader(desk.source, realTiming);
  for (let attempt = 0; attempt < 20; attempt += 1) expect(await reader.next()).toBeUndefined();
  expect(reader.isHeldBack).toBe(true);
  await client.query(`commit prepared 'held'`);
  const page = await reader.next();
  expect(page?.events.map(({ id }) => id)).toEqual([first, second]);
  await client.end();
});

test('a hole of more rollbacks than one read spans is passed', async () => {
  await using desk = await openDesk();
  const client = await connect(desk);
  await client.query(
    `select nextval(pg_get_serial_sequence('messaging.log', 'position')) from generate_series(1, 2500)`,
  );
  const id = uuidV7();
  await client.query(APPEND, [id, 'a']);
  expect(
    await readAll(
      desk,
      () => 1,
      () => true,
    ),
  ).toEqual([id]);
  await client.end();
});

test('a backlog is read on where a page ends with a rollback, and a fact that comes alone is read once', async () => {
  await using desk = await openDesk();
  const client = await connect(desk);
  const reader = new SettledReader(desk.source, realTiming);
  const skip = `select nextval(pg_get_serial_sequence('messaging.log', 'position'))`;
  const append = () => client.query(APPEND, [uuidV7(), 'a']);
  const read = async () => {
    const page = await reader.next();
    return [page?.events.length ?? 0, reader.isAtEnd];
  };
  await append();
  await reader.next();
  /** The first of them is sent as rows, the next one is copied out. */
  for (const pages of [[LARGEST_PAGE - 1], [LARGEST_PAGE, LARGEST_PAGE - 1]]) {
    for (const facts of pages) await client.query(MANY, [facts]);
    await client.query(skip);
    await append();
    for (const facts of pages) expect(await read()).toEqual([facts, false]);
    await until(async () => expect(await read()).toEqual([0, true]));
  }
  for (let facts = 0; facts < 2; facts += 1) {
    await append();
    expect(await read()).toEqual([1, true]);
  }
  await client.end();
});

test('a long transaction elsewhere holds nothing back', async () => {
  await using desk = await openDesk();
  const [foreigner, client] = [await connect(desk), await connect(desk)];
  await beginElsewhere(foreigner, 'begin isolation level repeatable read');
  await client.query('begin');
  await client.query(APPEND, [uuidV7(), 'a']);
  await client.query('rollback');
  const id = uuidV7();
  await client.query(APPEND, [id, 'a']);
  expect(
    await readAll(
      desk,
      () => 1,
      () => true,
    ),
  ).toEqual([id]);
  await foreigner.query('rollback');
  await Promise.all([foreigner.end(), client.end()]);
});

/** A transaction that has written, and stays open. */
async function beginElsewhere(client: pg.Client, begin: string): Promise<void> {
  await client.query('create table public.elsewhere (id int)');
  await client.query(begin);
  await client.query('insert into public.elsewhere values (1)');
}

async function attachPartitions(desk: Desk): Promise<number> {
  const client = await connect(desk);
  for (let at = 1; at <= 3; at += 1) {
    await client.query(`create table messaging.log_${at} (like messaging.log including defaults including indexes)`);
    await client.query(
      `alter table messaging.log attach partition messaging.log_${at} for values from (${at}0000000) to (${at + 1}0000000)`,
    );
  }
  await client.end();
  return 3;
}
