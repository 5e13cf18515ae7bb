import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineExecutor, defineRequest, type Executor } from '#events/messaging';
import { createOperations, type Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { alarmsOf } from '#events/messaging/watching/alarms';
import { RequestPerformer } from '#events/messaging/requests/request-performer';
import type { DeskScope } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { textsFiled } from '../support/desk-work.ts';

const FileAway = defineRequest('desk.fileAway', z.object({ text: z.string() }));
const operator = { actor: 'operator:ada', reason: 'the column is there now' };
const AT_ONCE = { first: 0, longest: 0 };
const AN_HOUR = { first: 3_600_000, longest: 3_600_000 };

describe('requests that do not come to an end', () => {
  let desk: Desk;
  let operations: Operations;
  let calls: string[];
  beforeEach(async () => {
    desk = await openDesk();
    operations = createOperations(desk.pool, []);
    calls = [];
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const executor = (of: Partial<Executor<DeskScope>> = {}): Executor<DeskScope> => ({
    ...defineExecutor<DeskScope>()({
      performs: FileAway,
      attempts: 2,
      call: async ({ text }) => calls.push(text),
      record: ({ notes }, { payload: { text }, answer }) => notes.add(`${text}: ${answer}`),
      giveUp: ({ notes }, { payload: { text } }) => notes.add(`${text}: given up`),
    }),
    ...of,
  });
  const fail = async () => {
    throw new Error('no such column');
  };
  async function ask(...ids: readonly string[]): Promise<void> {
    for (const id of ids)
      await asUser(() =>
        desk.store.unitOfWork(async ({ request }) => request(FileAway({ id, key: 'a', payload: { text: id } }))),
      );
  }
  async function perform(of: Executor<DeskScope>, rests = AT_ONCE): Promise<void> {
    const requests = new RequestPerformer({
      requests: desk.store.requests,
      executors: [of],
      reportError: () => undefined,
      retry: rests,
      recordingRetry: rests,
    });
    do await requests.performDue();
    while ((await requests.settle()) || (await desk.store.dueWork()).requestsIn === 0);
  }
  const statesOf = async () => (await operations.listRequests({}, 10)).map(({ id, state }) => `${id} ${state}`);
  const alarmNames = async () =>
    alarmsOf({ ...(await operations.status()), relays: 1 }).map(({ name, subject }) => `${name} ${subject}`);

  test('are listed with what they wait for, and why', async () => {
    await ask('1', '2');
    expect(await statesOf()).toEqual(['1 waiting', '2 behind']);
    await perform(executor({ record: fail }), AN_HOUR);
    expect(await operations.listRequests({ error: 'no such column' }, 10)).toEqual([
      {
        kind: FileAway.kind,
        id: '1',
        tenantId: 'default',
        key: 'a',
        state: 'unrecorded',
        attempts: 1,
        isAnswered: true,
        recordings: 1,
        askedAt: expect.any(Date),
        dueAt: expect.any(Date),
        error: expect.stringContaining('no such column'),
      },
    ]);
    expect(await operations.status()).toMatchObject({
      requests: [{ kind: FileAway.kind, waiting: 2, failing: 1, dead: 0 }],
    });
  });

  test('raise an alarm where one is dead, and are recorded without another call when somebody says so', async () => {
    await ask('1', '2');
    await perform(executor({ record: fail }));
    expect(await statesOf()).toEqual(['1 dead', '2 behind']);
    expect(await alarmNames()).toEqual(['request-dead desk.fileAway']);
    expect(await operations.planRequests({ isDead: true })).toBe(1);
    expect(await operations.actOnRequests('retry', { filter: { isDead: true }, operator })).toBe(1);
    await perform(executor());
    expect(calls).toEqual(['1', '2']);
    expect(await textsFiled(desk)).toEqual(['1: 1', '2: 2']);
    expect(await alarmNames()).toEqual([]);
    expect(
      await desk.database.query('select actor, action, subscriber, request_id, reason from desk.operation'),
    ).toEqual([{ ...operator, action: 'retry request', subscriber: FileAway.kind, request_id: '1' }]);
  });

  test('are called again where no answer is kept', async () => {
    await ask('1');
    await perform(executor({ call: fail, giveUp: fail }));
    expect(await statesOf()).toEqual(['1 dead']);
    await operations.actOnRequests('retry', { filter: { id: '1' }, operator });
    await perform(executor());
    expect(await textsFiled(desk)).toEqual(['1: 1']);
  });

  test('let the rest of their key go on when they are skipped', async () => {
    await ask('1', '2');
    await perform(executor({ record: fail }));
    await operations.actOnRequests('skip', { filter: { id: '1' }, operator });
    await perform(executor());
    expect(await textsFiled(desk)).toEqual(['2: 2']);
    expect(await desk.database.query('select id, payload from desk.request where state = $$failed$$')).toEqual([
      { id: '1', payload: null },
    ]);
  });

  test('are left alone by operators while a process has them', async () => {
    const store = await desk.reopen({ memberName: '1' });
    await ask('1');
    await store.requests.lease(new Map([[FileAway.kind, 1]]), 60_000);
    expect(await statesOf()).toEqual(['1 under way']);
    expect(await operations.actOnRequests('skip', { filter: {}, operator })).toBe(0);
  });

  test('raise an alarm where the outside is silent for long', async () => {
    await ask('1');
    await desk.database.query(`update desk.request set recorded_at = now() - interval '15 minutes'`);
    expect(await alarmNames()).toEqual(['request-unanswered desk.fileAway']);
  });
});
