import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineExecutor, defineRequest, defineSubscriber } from '#events/messaging';
import { createOperations, type Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { BeyondLog, HistoryPruned } from '#events/messaging/adapters/postgresql/operations/replay';
import { alarmsOf } from '#events/messaging/watching/alarms';
import { RequestPerformer } from '#events/messaging/requests/request-performer';
import { type DeskScope, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { relayOn, takeTexts, textsFiled } from '../support/desk-work.ts';
import { until } from '../support/eventually.ts';

const FILER = 'desk.fileOnNoteTaken';
const operator = { actor: 'operator:ada', reason: 'the backup is of yesterday' };
const FileAway = defineRequest('desk.fileAway', z.object({ text: z.string() }));

describe('a lane whose place is not in the log any more', () => {
  let desk: Desk;
  let operations: Operations;
  let requests: RequestPerformer<DeskScope>;
  const calls: string[] = [];
  beforeEach(async () => {
    calls.length = 0;
    desk = await openDesk();
    operations = createOperations(desk.pool, [{ context: 'desk', name: FILER, types: [NoteTaken.type] }]);
    const executor = defineExecutor<DeskScope>()({
      performs: FileAway,
      call: async ({ text }) => calls.push(text),
      record: async () => undefined,
      giveUp: async () => undefined,
    });
    requests = new RequestPerformer({
      requests: desk.store.requests,
      executors: [executor],
      reportError: () => undefined,
    });
    desk.store.offerRequestsTo(requests);
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const take = (...texts: readonly string[]) => takeTexts(desk, ...texts);
  const filed = () => textsFiled(desk);
  const filer = defineSubscriber<DeskScope>()({
    name: FILER,
    on: NoteTaken,
    handle: async ({ notes, request }, { data: { text } }) => {
      if (text.startsWith('poison')) throw new Error('undigestible');
      await notes.add(text);
      request(FileAway({ id: text, payload: { text } }));
    },
  });
  async function deliver(): Promise<void> {
    await relayOn(desk, [filer]).relayOnce();
    while (await requests.settle());
  }
  const laneOf = async (name: string) =>
    (await operations.status()).lanes.find(({ subscriber }) => subscriber === name)!;
  /** The log of a backup: it ends at a position, and goes on from there with other facts. */
  const goBackTo = (position: number) =>
    desk.database.query(
      `delete from messaging.log where position > ${position}; select setval('messaging.log_position_seq', ${position})`,
    );
  const replay = (position: number) =>
    operations.startReplay(FILER, { start: { position }, makesCalls: false, operator });

  test('stops, says where the log parts from what it handled, and goes on from where it is put', async () => {
    await take('1', '2', '3', 'lost');
    await deliver();
    await goBackTo(3);
    await take('4', '5');
    await deliver();
    expect(await filed()).toEqual(['1', '2', '3', 'lost']);
    expect(alarmsOf({ ...(await operations.status()), relays: 1 })).toMatchObject([
      { name: 'lane-lost', todo: expect.stringContaining(`events replay ${FILER} --from 4 --reason`) },
    ]);
    expect(await operations.planReplay(FILER, { position: 4 })).toMatchObject({
      isLost: true,
      events: 0,
      passedOver: 0,
    });
    await replay(4);
    await deliver();
    expect(await filed()).toEqual(['1', '2', '3', 'lost', '4', '5']);
    expect(alarmsOf({ ...(await operations.status()), relays: 1 })).toEqual([]);
  });

  test('stops alone, and is put on its way while the relay runs', async () => {
    const other = defineSubscriber<DeskScope>()({
      name: 'desk.other',
      on: NoteTaken,
      handle: ({ notes }, { data: { text } }) => notes.add(`other: ${text}`),
    });
    await take('1', '2');
    await relayOn(desk, [filer, other]).relayOnce();
    await take('lost');
    await relayOn(desk, [filer]).relayOnce();
    await goBackTo(2);
    await take('3');
    const stop = new AbortController();
    const relay = relayOn(desk, [filer, other]);
    const running = relay.run(stop.signal);
    try {
      await until(async () => expect(await filed()).toContain('other: 3'));
      await until(async () =>
        expect(String((await laneOf(FILER)).pausedBecause)).toMatch(/position 3 .* is no longer event/),
      );
      expect((await laneOf('desk.other')).pausedBecause).toBeNull();
      await replay(3);
      relay.reconsider();
      await until(async () => expect(await filed()).toContain('3'));
    } finally {
      stop.abort();
      await running;
    }
  });

  test('stops again when it is resumed though its place is still gone', async () => {
    await take('1', '2', '3', 'lost');
    const stop = new AbortController();
    const running = relayOn(desk, [filer]).run(stop.signal);
    const untilStopped = () =>
      until(async () =>
        expect(String((await laneOf(FILER)).pausedBecause)).toMatch(/position 4 .* is no longer event/),
      );
    try {
      await until(async () => expect(await filed()).toEqual(['1', '2', '3', 'lost']));
      await goBackTo(3);
      await take('4');
      await untilStopped();
      await operations.resume(FILER, operator);
      await take('5');
      await untilStopped();
      expect(await filed()).toEqual(['1', '2', '3', 'lost']);
      await replay(4);
      await until(async () => expect(await filed()).toEqual(['1', '2', '3', 'lost', '4', '5']));
    } finally {
      stop.abort();
      await running;
    }
  });

  test('makes the calls of what is new, where others stood before, and none of what it had handled', async () => {
    await take('1', '2', '3', 'lost');
    await deliver();
    await goBackTo(2);
    await desk.database.query('delete from desk.request');
    await take('3b', '4b');
    calls.length = 0;
    expect(await replay(2)).toMatchObject({ handledThrough: 2, events: 1 });
    await deliver();
    expect(calls).toEqual(['3b', '4b']);
  });

  test('is put at the end of a log in which nothing comes after', async () => {
    await take('1', '2', '3');
    await deliver();
    await goBackTo(2);
    expect(await replay(3)).toMatchObject({ after: 2, events: 0 });
    await take('4');
    await deliver();
    expect(await filed()).toEqual(['1', '2', '3', '4']);
  });

  test('is put further on only as far as the log goes, and hears what it passes over', async () => {
    await take('1', '2', '3');
    await deliver();
    await goBackTo(1);
    await take('2b', '3b', '4b');
    expect(await operations.planReplay(FILER, { position: 3 })).toMatchObject({ events: 0, passedOver: 1 });
    await expect(replay(6)).rejects.toThrow(BeyondLog);
    await replay(3);
    await deliver();
    expect(await filed()).toEqual(['1', '2', '3', '3b', '4b']);
  });

  test('gives up what is parked of facts that are gone: other facts have their places', async () => {
    await take('1', 'poison');
    await deliver();
    await goBackTo(1);
    await take('2b');
    await replay(2);
    await deliver();
    expect(await filed()).toEqual(['1', '2b']);
    expect(await operations.listParked({}, 10)).toEqual([]);
    expect(await desk.database.query('select action from desk.operation order by id')).toEqual([
      { action: 'discard' },
      { action: expect.stringContaining('replay') },
    ]);
  });

  test('that slept while history was pruned goes on with what is left', async () => {
    await take('1', '2', '3');
    await relayOn(desk, [filer]).relayOnce();
    await goBackTo(3);
    await take('4', '5');
    await desk.database.query(
      'update messaging.log_identity set floor = 4; delete from messaging.log where position <= 4',
    );
    await expect(replay(4)).rejects.toThrow(HistoryPruned);
    await replay(5);
    await deliver();
    expect(await filed()).toEqual(['1', '2', '3', '5']);
  });

  const ahead = defineSubscriber<DeskScope>()({ name: 'desk.ahead', on: NoteTaken, handle: async () => undefined });
  test.each([
    ['alone', []],
    ['behind another', [ahead]],
  ])('that stood where the log once began, %s, stops when what came next was pruned', async (_how, others) => {
    await relayOn(desk, [filer]).relayOnce();
    await take('1', '2', '3');
    await relayOn(desk, others).relayOnce();
    await desk.database.query(
      'update messaging.log_identity set floor = 2; delete from messaging.log where position <= 2',
    );
    await relayOn(desk, [filer, ...others]).relayOnce();
    expect(await filed()).toEqual([]);
    expect(String((await laneOf(FILER)).pausedBecause)).toContain('came after position 0 of the log was pruned');
    await replay(3);
    await deliver();
    expect(await filed()).toEqual(['3']);
  });
});
