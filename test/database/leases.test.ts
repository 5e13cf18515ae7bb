import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineExecutor, defineRequest } from '#events/messaging';
import { LeasesOfTheGone } from '#events/messaging/adapters/postgresql/requests/leases';
import { Attendance } from '#events/messaging/relay/attendance';
import { RequestPerformer } from '#events/messaging/requests/request-performer';
import { joinMembers } from '#events/messaging/adapters/postgresql/relay/members';
import { connectionOptions } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { DeskScope } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { type Desk, openDesk } from '../support/desk.ts';

const FileAway = defineRequest('desk.fileAway', z.object({ text: z.string() }));
const AN_HOUR = 3_600_000;

test('a relay that says nothing for five seconds is no member any more: the server ends its session', async () => {
  await using desk = await openDesk();
  const client = new pg.Client(connectionOptions(desk.database.address));
  await client.connect();
  await joinMembers(client, '7');
  const { rows } = await client.query('show idle_session_timeout');
  await client.end();
  expect(rows).toEqual([{ idle_session_timeout: '5s' }]);
});

describe('a request that one process has leased', () => {
  let desk: Desk;
  let now: number;
  let leases: LeasesOfTheGone;
  beforeEach(async () => {
    desk = await openDesk();
    now = 0;
    leases = new LeasesOfTheGone(desk.pool, new Attendance('2', { now: () => now }));
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  /** A process: what it is called, and its own store on the same tables. */
  const open = (memberName: string) => desk.reopen({ memberName });
  type Process = Awaited<ReturnType<typeof open>>;

  const ask = (store: Process) =>
    asUser(() => store.unitOfWork(async ({ request }) => request(FileAway({ id: '1', payload: { text: 'letter' } }))));
  const lease = (store: Process) => store.requests.lease(new Map([[FileAway.kind, 10]]), AN_HOUR);
  /** What the second process sees for so many seconds. */
  const seeThere = async (seconds: number, ...members: string[]) => {
    for (let second = 0; second < seconds; second += 1, now += 1_000) await leases.end(['desk'], { members, upFor: 0 });
  };

  test('is performed by another when the first has been gone for a while', async () => {
    const [first, second] = [await open('1'), await open('2')];
    await ask(first);
    expect(await lease(first)).toHaveLength(1);
    expect(await lease(second)).toEqual([]);
    await seeThere(5, '2');
    expect(await lease(second)).toMatchObject([{ id: '1', attempt: 2 }]);
  });

  test('also where the lease came with the commit that recorded it', async () => {
    const [first, second] = [await open('1'), await open('2')];
    first.offerRequestsTo({ leaseMs: AN_HOUR, room: () => 10, take: () => undefined });
    await ask(first);
    expect(await lease(second)).toEqual([]);
    await seeThere(5, '2');
    expect(await lease(second)).toHaveLength(1);
  });

  test('stays the first one’s for as long as that is there', async () => {
    const [first, second] = [await open('1'), await open('2')];
    await ask(first);
    await lease(first);
    await seeThere(10, '1', '2');
    expect(await lease(second)).toEqual([]);
  });

  test('rests after a failure, also when the process that failed is gone', async () => {
    const [first, second] = [await open('1'), await open('2')];
    await ask(first);
    const [request] = await lease(first);
    await first.requests.postpone(request!, 'busy', AN_HOUR);
    await seeThere(5, '2');
    expect(await lease(second)).toEqual([]);
  });

  test('stays the first one’s where all lose their connections, and the first is the last to be back', async () => {
    const [first, second] = [await open('1'), await open('2')];
    await ask(first);
    await lease(first);
    await seeThere(10, '1', '2');
    await seeThere(1);
    await seeThere(3, '2');
    await seeThere(10, '1', '2');
    expect(await lease(second)).toEqual([]);
  });

  test('for its last call is answered by that, though the first one’s connection was lost meanwhile', async () => {
    const [first, second] = [await open('1'), await open('2')];
    const called = Promise.withResolvers<string>();
    const notes: string[] = [];
    const executor = defineExecutor<DeskScope>()({
      performs: FileAway,
      attempts: 1,
      call: () => called.promise,
      record: async (_scope, { answer }) => void notes.push(answer),
      giveUp: async () => void notes.push('given up'),
    });
    const performers = [first, second].map(
      (store) =>
        new RequestPerformer({
          requests: store.requests,
          executors: [executor],
          reportError: (error) => void notes.push(String(error)),
        }),
    );
    await ask(first);
    await performers[0]!.performDue();
    await seeThere(10, '1', '2');
    await seeThere(3, '2');
    await seeThere(10, '1', '2');
    await performers[1]!.performDue();
    called.resolve('done');
    for (const performer of performers) await performer.settle();
    expect(notes).toEqual(['done']);
  });
});
