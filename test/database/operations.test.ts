import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineExecutor, defineRequest, defineSubscriber } from '#events/messaging';
import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { PostgresLogSource } from '#events/messaging/adapters/postgresql/log/log-source';
import { createOperations, type Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { dropPartitions, preparePartitions } from '#events/messaging/adapters/postgresql/log/partitions';
import { createReadBehind } from '#events/messaging/adapters/postgresql/log/read-behind';
import { RequestPerformer } from '#events/messaging/requests/request-performer';
import type { LaneSettings } from '#events/messaging/lanes/lane-settings';
import { Relay } from '#events/messaging/relay/relay';
import { createStation } from '#events/messaging/relay/station';
import type { DeliveredEvent } from '#events/messaging/facts/event';
import { type DeskScope, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser, deskCodec } from '../contracts/messaging/post-office.ts';
import { type Desk, openDesk } from '../support/desk.ts';

const operator = { actor: 'operator:ada', reason: 'the printer has paper again' };
const COUNTER = 'desk.counter';
const HEADS = 520;
const BEHIND = 30;
const NEVER = { first: 3_600_000, longest: 3_600_000 };
const A_PARTITION = 1_000_000;

/** Hands every note to `handle`; nothing more. */
const counter = (handle: (text: string, scope: DeskScope, event: DeliveredEvent) => Promise<void>) =>
  defineSubscriber<DeskScope>()({
    name: COUNTER,
    on: NoteTaken,
    handle: (scope, event) => handle(event.data.text, scope, event),
  });

describe('an operator', () => {
  let desk: Desk;
  let operations: Operations;
  let source: PostgresLogSource;
  beforeEach(async () => {
    desk = await openDesk();
    source = new PostgresLogSource(desk.database.address, { reportError: () => undefined, onNotice: () => undefined });
    operations = createOperations(desk.pool, [{ context: 'desk', name: COUNTER, types: [NoteTaken.type] }]);
  });
  afterEach(async () => {
    await source.close();
    await desk[Symbol.asyncDispose]();
  });

  const take = (...notes: readonly (readonly [topic: string, text: string])[]) =>
    asUser(() =>
      desk.store.unitOfWork(async ({ publish }) => {
        for (const [topic, text] of notes) publish(NoteTaken({ topic, text }));
      }),
    );

  function relayTo(
    handle: (text: string, scope: DeskScope, event: DeliveredEvent) => Promise<void>,
    settings: Partial<LaneSettings> = { retry: NEVER },
  ): Relay {
    return new Relay({
      source,
      readBehind: createReadBehind(desk.pool),
      bus: createBus(deskCodec.types, () => undefined),
      codec: deskCodec,
      stations: [createStation(desk.store, [counter(handle)])],
      settings: { ...settings, mostParkedKeys: 1_000_000 },
    });
  }

  const ids = async () =>
    new Map((await operations.listParked({}, 10 * HEADS)).map(({ eventId, position }) => [position, eventId]));
  const actions = () =>
    desk.database.query<{ action: string; actor: string; reason: string; event_id: string | null }>(
      'select action, actor, reason, event_id from desk.operation order by id',
    );

  describe('with thousands of parked events', () => {
    const handled: string[] = [];
    let isMended = false;
    let relay: Relay;
    beforeEach(async () => {
      handled.length = 0;
      isMended = false;
      relay = relayTo(async (text) => {
        if (!isMended) throw new Error('out of paper');
        handled.push(text);
      });
      await desk.database.query(`select setval('messaging.log_position_seq', ${HEADS + BEHIND})`);
      await take(['a', 'a1']);
      await relay.relayOnce();
      await parkMany();
    });

    /** As the lane would have parked them: one of each of many keys, and some that wait behind the first of these. */
    const parkMany = () =>
      desk.database.query(
        `insert into desk.parked
         select p.tenant_id, p.lane_id, 1 + n, p.recorded_at, gen_random_uuid(), p.type, p.version, 'k' || n % ${HEADS},
                json_build_object('topic', 'k' || n % ${HEADS}, 'text', n::text), p.occurred_at, p.correlation_id, p.causation_id,
                p.traceparent, p.actor, p.source, case when n < ${HEADS} then 12 else 0 end, case when n < ${HEADS} then 'no paper' end,
                now(), n < ${HEADS}
           from desk.parked p, generate_series(0, ${HEADS + BEHIND - 1}) n where p.key = 'a'`,
      );

    test('has them tried again in the order of their keys, and each is audited', async () => {
      expect(await operations.planAction('retry', { filter: { isDead: true } })).toEqual({
        heads: HEADS,
        behind: BEHIND,
        leftAlone: 0,
      });
      const heard: number[][] = [];
      const progress = (...how: number[]) => heard.push(how);
      const done = await operations.actOnParked('retry', { filter: { isDead: true }, operator }, { progress });
      expect([done, heard]).toEqual([
        HEADS,
        [
          [500, HEADS],
          [HEADS, HEADS],
        ],
      ]);
      isMended = true;
      relay.reconsider();
      await relay.relayOnce();
      expect(await operations.listParked({}, 10)).toMatchObject([{ key: 'a', isHead: true }]);
      const order = handled.map(Number);
      expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: HEADS + BEHIND }, (_, n) => n));
      const at = new Map(order.map((n, place) => [n, place]));
      expect(order.filter((n) => at.get(n)! > (at.get(n + HEADS) ?? Infinity))).toEqual([]);
      const audited = await actions();
      expect(new Set(audited.map(({ event_id }) => event_id)).size).toBe(HEADS);
      expect(audited[0]).toMatchObject({ action: 'retry', ...operator });
    });

    test('skips those that are heads when it begins, not those that become heads by it', async () => {
      const before = await ids();
      expect(await operations.actOnParked('skip', { filter: { error: 'no paper' }, operator })).toBe(HEADS);
      expect(await operations.planAction('skip', { filter: {} })).toEqual({
        heads: BEHIND + 1,
        behind: 0,
        leftAlone: 0,
      });
      const left = await ids();
      const skipped = new Set((await actions()).map(({ event_id }) => event_id));
      expect(skipped).toEqual(new Set(before.values()).difference(new Set(left.values())));
    });

    test('that was cut short and is given again skips no more than it would have at once', async () => {
      const stop = new AbortController();
      const order = { filter: {}, operator };
      const { heads } = await operations.planAction('skip', order);
      expect(await operations.actOnParked('skip', order, { progress: () => stop.abort(), signal: stop.signal })).toBe(
        500,
      );
      expect(await operations.planAction('skip', order)).toEqual({ heads: heads - 500, behind: 0, leftAlone: BEHIND });
      expect(await operations.actOnParked('skip', order)).toBe(heads - 500);
      expect(await operations.planAction('skip', order)).toEqual({ heads: 0, behind: 0, leftAlone: BEHIND });
      expect(await operations.actOnParked('skip', order)).toBe(0);
      expect(await operations.listParked({}, 10 * HEADS)).toHaveLength(BEHIND);
      expect(await operations.planAction('retry', order)).toEqual({ heads: BEHIND, behind: 0, leftAlone: 0 });
      expect(await operations.actOnParked('skip', { filter: {}, operator: { ...operator, reason: 'more' } })).toBe(
        BEHIND,
      );
    });

    test('skips what is named also where it waited behind what was skipped for the same reason', async () => {
      const skipNext = async () => {
        const { eventId } = (await operations.listParked({ key: 'k0' }, 1))[0]!;
        const order = { filter: { eventId }, operator };
        const { heads } = await operations.planAction('skip', order);
        return [heads, await operations.actOnParked('skip', order)];
      };
      expect([await skipNext(), await skipNext()]).toEqual([
        [1, 1],
        [1, 1],
      ]);
      expect(await operations.listParked({ key: 'k0' }, 1)).toEqual([]);
    });

    test('discards whole keys, and everything that was given up is audited', async () => {
      expect(await operations.actOnParked('discard', { filter: { key: 'k7' }, operator })).toBe(1);
      expect(await actions()).toMatchObject([{ action: 'discard' }, { action: 'discard' }]);
      expect(await operations.listParked({ key: 'k7' }, 10)).toEqual([]);
    });

    test('leaves alone what is being tried at this moment', async () => {
      const { eventId } = (await operations.listParked({ key: 'a' }, 1))[0]!;
      const client = await desk.pool.connect();
      await client.query('begin');
      await client.query('select from desk.parked where id = $1 for update', [eventId]);
      expect(await operations.actOnParked('skip', { filter: { eventId }, operator })).toBe(0);
      await client.query('rollback');
      client.release();
      expect(await operations.actOnParked('skip', { filter: { eventId }, operator })).toBe(1);
    });
  });

  describe('who has history handled again', () => {
    const FileAway = defineRequest('desk.fileAway', z.object({ text: z.string() }));
    const calls: string[] = [];
    const handled: string[] = [];
    let requests: RequestPerformer<DeskScope>;
    let relay: Relay;
    let poison: string | undefined;
    beforeEach(() => {
      calls.length = 0;
      handled.length = 0;
      poison = undefined;
      const executor = defineExecutor<DeskScope>()({
        performs: FileAway,
        call: async ({ text }) => calls.push(text),
        record: async () => undefined,
        giveUp: async () => undefined,
      });
      const reportError = (error: unknown) => {
        throw error;
      };
      requests = new RequestPerformer({ requests: desk.store.requests, executors: [executor], reportError });
      desk.store.offerRequestsTo(requests);
      relay = relayTo(async (text, { request }) => {
        if (text === poison) throw new Error('undigestible');
        handled.push(text);
        request(FileAway({ id: text, payload: { text } }));
      });
    });

    async function relayAll(): Promise<string[]> {
      relay.reconsider();
      await relay.relayOnce();
      while (await requests.settle());
      return calls.splice(0);
    }
    const replay = (makesCalls = false, position = 1) =>
      operations.startReplay(COUNTER, { start: { position }, makesCalls, operator });

    test('hears first how much that is, and nothing is done', async () => {
      await take(['a', '1'], ['a', '2']);
      await relayAll();
      expect(await operations.planReplay(COUNTER, { position: 2 })).toMatchObject({
        after: 1,
        until: 2,
        events: 1,
        end: 2,
      });
      await relayAll();
      expect(handled).toEqual(['1', '2']);
      expect(await desk.database.query('select from desk.operation')).toEqual([]);
    });

    test('makes no call again: the answers that are there stand', async () => {
      await take(['a', '1'], ['a', '2']);
      expect(await relayAll()).toEqual(['1', '2']);
      expect(await operations.planReplay(COUNTER, { position: 1 })).toMatchObject({ after: 0, until: 2, events: 2 });
      await replay();
      await take(['a', '3']);
      expect(await relayAll()).toEqual(['3']);
      expect(handled).toEqual(['1', '2', '1', '2', '3']);
    });

    test('makes no call whose answer was pruned, unless it is told to', async () => {
      await take(['a', '1']);
      await relayAll();
      await desk.database.query('delete from desk.request');
      await replay();
      expect(await relayAll()).toEqual([]);
      await replay(true);
      expect(await relayAll()).toEqual(['1']);
    });

    test('stays silent up to where the lane ever stood, also when a replay is begun within a replay', async () => {
      await take(['a', '1'], ['a', '2'], ['a', '3']);
      await relayAll();
      await desk.database.query('delete from desk.request');
      await replay();
      await replay(false, 2);
      expect(await relayAll()).toEqual([]);
    });

    test('makes no call for an event either that fails meanwhile and is tried again, unless it is told to', async () => {
      await take(['a', '1'], ['a', '2'], ['a', '3']);
      await relayAll();
      await desk.database.query('delete from desk.request');
      poison = '1';
      await replay();
      await take(['a', '4']);
      await relayAll();
      poison = undefined;
      await operations.actOnParked('retry', { filter: {}, operator });
      expect(await relayAll()).toEqual(['4']);
      expect(handled).toEqual(['1', '2', '3', '1', '2', '3', '4']);
      await replay(true);
      expect(await relayAll()).toEqual(['1', '2', '3']);
    });

    test.each(['topic', 'null'])('does not have a parked event handled twice, whose key is its %s', async (key) => {
      poison = '1';
      await take(['a', '1'], ['b', '2']);
      await desk.database.query(`update messaging.log set key = case when '${key}' = 'topic' then key end`);
      expect(await relayAll()).toEqual(['2']);
      poison = undefined;
      await replay();
      expect(await relayAll()).toEqual([]);
      expect(await operations.listParked({}, 10)).toHaveLength(1);
      await operations.actOnParked('retry', { filter: {}, operator });
      expect(await relayAll()).toEqual(['1']);
      expect(handled.filter((text) => text === '1')).toHaveLength(1);
    });

    test.each(['by itself', 'as an operator wants it'])(
      'has a parked event that is due tried %s only where the lane has come to it, after what is older',
      async (how) => {
        poison = '3';
        await take(['a', '1'], ['a', '2'], ['a', '3'], ['b', '4']);
        await relayAll();
        poison = undefined;
        handled.length = 0;
        await replay();
        if (how === 'by itself') await desk.database.query('update desk.parked set due_at = now()');
        else await operations.actOnParked('retry', { filter: {}, operator });
        await relayAll();
        expect(handled.toSorted()).toEqual(['1', '2', '3', '4']);
        expect(handled.filter((text) => text !== '4')).toEqual(['1', '2', '3']);
        expect(await operations.listParked({}, 10)).toEqual([]);
      },
    );

    test('has an event tried again that was set aside, and recovered, before', async () => {
      poison = '1';
      await take(['a', '1']);
      await relayAll();
      await desk.database.query(
        'insert into desk.recovered (tenant_id, lane_id, position, attempts, error) select tenant_id, lane_id, position, 9, error from desk.parked',
      );
      poison = undefined;
      await operations.actOnParked('retry', { filter: {}, operator });
      await relayAll();
      expect(await operations.listParked({}, 10)).toEqual([]);
      expect(await desk.database.query('select attempts from desk.recovered')).toEqual([{ attempts: 1 }]);
    });

    test.each([
      ['skip', 'skipped'],
      ['discard', 'discarded'],
    ] as const)(
      'is not told that an event was handled that somebody chose to %s, until it is',
      async (action, state) => {
        poison = '1';
        await take(['a', '1']);
        await relayAll();
        poison = undefined;
        const [parked] = await operations.listParked({}, 1);
        const reception = async () => (await operations.show(parked!.eventId))!.receptions[0];
        expect(await reception()).toMatchObject({
          state: 'parked',
          attempts: 1,
          error: expect.stringContaining('undigestible'),
        });
        await operations.actOnParked(action, { filter: {}, operator });
        expect(await reception()).toMatchObject({ state, error: operator.reason });
        await replay();
        expect(await reception()).toMatchObject({ state: 'waiting' });
        await relayAll();
        expect(await reception()).toMatchObject({ state: 'handled', error: null });
      },
    );

    test('counts a long history in portions, and changes nothing when that is broken off', async () => {
      await take(['a', '1']);
      await desk.database.query(`select setval('messaging.log_position_seq', 250000)`);
      await take(['a', '2']);
      await relayAll();
      const heard: number[][] = [];
      const progress = (...how: number[]) => heard.push(how);
      expect(await operations.planReplay(COUNTER, { position: 1 }, { progress })).toMatchObject({ events: 2 });
      expect(heard).toEqual([
        [100_000, 250_001],
        [200_000, 250_001],
        [250_001, 250_001],
      ]);
      const stop = new AbortController();
      const { signal } = stop;
      const started = { start: { position: 1 }, makesCalls: false, operator };
      const broken = operations.startReplay(COUNTER, started, {
        signal,
        progress: () => stop.abort(new Error('enough')),
      });
      await expect(broken).rejects.toThrow('enough');
      await relayAll();
      expect(handled).toEqual(['1', '2']);
    });

    test('begins at what was recorded since a moment', async () => {
      await take(...Array.from({ length: 40 }, (_, n) => ['a', String(n)] as const));
      await relayAll();
      await desk.database.query(
        `update messaging.log set recorded_at = '2026-01-01'::timestamptz + position * interval '1 hour'`,
      );
      const since = new Date('2026-01-01T00:00:00Z');
      since.setTime(since.getTime() + 30 * 3_600_000);
      expect(await operations.planReplay(COUNTER, { since })).toMatchObject({ after: 29, until: 40, events: 11 });
      expect(await operations.planReplay(COUNTER, { since: new Date('2020-01-01') })).toMatchObject({ after: 0 });
      expect(await operations.planReplay(COUNTER, { since: new Date('2030-01-01') })).toMatchObject({ events: 0 });
    });

    test('forgets what was asked of the outside as soon as it is answered', async () => {
      await take(['a', 'secret']);
      await relayAll();
      const rows = await desk.database.query('select state, payload, execution from desk.request');
      expect(rows).toEqual([{ state: 'answered', payload: null, execution: null }]);
    });
  });

  describe('who prunes', () => {
    const handled: string[] = [];
    let relay: Relay;
    beforeEach(() => {
      handled.length = 0;
      relay = relayTo(async (text) => {
        if (text === 'poison') throw new Error('undigestible');
        handled.push(text);
      });
    });

    const goTo = (position: number) =>
      desk.database.query(`alter table messaging.log alter column position restart with ${position}`);
    const age = (days: number) =>
      desk.database.query(`update messaging.log set recorded_at = now() - interval '${days} days'`);
    /** A fact in each of three partitions. */
    async function takeThree(): Promise<void> {
      await preparePartitions(desk.pool);
      await take(['a', '1']);
      await goTo(A_PARTITION);
      await take(['b', 'poison']);
      await goTo(2 * A_PARTITION);
      await take(['c', '3']);
      await age(10);
    }
    const prune = async (history: number) =>
      (await operations.prune({ history, bookkeeping: 30 }, operator)).partitions;

    test('drops whole partitions that all lanes have passed; what is parked is still delivered', async () => {
      await takeThree();
      await relay.relayOnce();
      const planned = await operations.planPrune({ history: 5, bookkeeping: 30 });
      expect(planned.partitions).toEqual(['log_0', 'log_1']);
      expect(await prune(5)).toEqual(planned.partitions);
      expect(await desk.database.query('select position::int from messaging.log')).toEqual([
        { position: 2 * A_PARTITION },
      ]);
      await operations.actOnParked('skip', { filter: {}, operator });
      await take(['d', '4']);
      relay.reconsider();
      await relay.relayOnce();
      expect(handled).toEqual(['1', '3', '4']);
    });

    test('keeps what a lane has not handled, also of a context that the code no longer has', async () => {
      await takeThree();
      await relay.relayOnce();
      await desk.database.query('create schema gone');
      for (const table of ['lane', 'ledger', 'parked', 'scheduled', 'idempotency', 'request', 'recovered', 'operation'])
        await desk.database.query(`create table gone.${table} (like desk.${table} including all)`);
      await desk.database.query(`insert into gone.lane (id, names) values (1, '{gone.lane}')`);
      await desk.database.query(
        `insert into gone.ledger (lane_id, from_position, to_position) values (1, -1, ${A_PARTITION})`,
      );
      expect(await prune(5)).toEqual(['log_0']);
      await desk.database.query('update gone.lane set retired_at = now()');
      expect(await prune(5)).toEqual(['log_1']);
    });

    test('keeps a history as long as it is wanted, and the last facts however old they are', async () => {
      await takeThree();
      await relay.relayOnce();
      expect(await prune(20)).toEqual([]);
      await desk.database.query(`update messaging.log set recorded_at = now() where position = ${A_PARTITION}`);
      expect(await prune(5)).toEqual(['log_0']);
      expect(await prune(0)).toEqual(['log_1']);
      await expect(operations.planReplay(COUNTER, { position: 1 })).rejects.toThrow('pruned');
    });

    test('goes on where it was broken off while somebody still read', async () => {
      await takeThree();
      await relay.relayOnce();
      const reader = await desk.pool.connect();
      await reader.query('begin isolation level repeatable read');
      await reader.query('select from messaging.log_0');
      await desk.pool.query(`set lock_timeout = '50ms'`);
      await expect(prune(5)).rejects.toThrow('log_0 is still read by an open transaction');
      await reader.query('commit');
      reader.release();
      expect(await prune(5)).toEqual(['log_0', 'log_1']);
      await dropPartitions(desk.pool, async () => false);
      expect(await desk.database.query(`select to_regclass('messaging.log_0') as left_over`)).toEqual([
        { left_over: null },
      ]);
    });

    test('goes through large tables in portions, and ends between two when it is told to', async () => {
      await take(['a', '1']);
      await relay.relayOnce();
      await desk.database.query(
        `insert into desk.ledger (lane_id, from_position, to_position, recorded_at)
         select id, -2 - n, 0, now() - interval '1 year' from desk.lane, generate_series(1, 60000) n`,
      );
      const retention = { history: null, bookkeeping: 30 };
      const portions: number[][] = [];
      const progress = (...how: number[]) => portions.push(how);
      expect(await operations.planPrune(retention, { progress })).toMatchObject({ ledgerRows: 60_000 });
      expect(portions.length).toBeGreaterThan(1);
      expect(portions.at(-1)).toEqual([portions.length, portions.length]);
      const stop = new AbortController();
      const { signal } = stop;
      const { ledgerRows } = await operations.prune(retention, operator, { signal, progress: () => stop.abort() });
      expect(ledgerRows).toBeGreaterThan(0);
      expect(await operations.prune(retention, operator)).toMatchObject({ ledgerRows: 60_000 - ledgerRows });
      expect((await operations.status()).lanes).toMatchObject([{ position: 1 }]);
    });

    test('forgets old bookkeeping, but never where a lane stands or what is not answered', async () => {
      await take(['a', '1'], ['a', '2']);
      await relay.relayOnce();
      await desk.database.query(`update desk.ledger set recorded_at = now() - interval '1 year'`);
      const planned = await operations.planPrune({ history: null, bookkeeping: 30 });
      expect(planned.ledgerRows).toBeGreaterThan(0);
      expect(await operations.prune({ history: null, bookkeeping: 30 }, operator)).toEqual(planned);
      expect(await desk.database.query('select to_position::int from desk.ledger')).toEqual([{ to_position: 2 }]);
    });
  });
});
