import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineRequest } from '#events/messaging';
import { endLeasesOfTheGone } from '#events/messaging/adapters/postgresql/requests/leases';
import { joinMembers } from '#events/messaging/adapters/postgresql/relay/members';
import { connectionOptions } from '#events/messaging/adapters/postgresql/transactions/pool';
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
  beforeEach(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  /** A process: what it is called, and its own store on the same tables. */
  const open = (memberName: string) => desk.reopen({ memberName });
  type Process = Awaited<ReturnType<typeof open>>;

  const ask = (store: Process) =>
    asUser(() => store.unitOfWork(async ({ request }) => request(FileAway({ id: '1', payload: { text: 'letter' } }))));
  const lease = (store: Process) => store.requests.lease(new Map([[FileAway.kind, 10]]), AN_HOUR);
  const seeThere = (...members: string[]) => endLeasesOfTheGone(desk.pool, ['desk'], members);

  test('is performed at once by another when the first is gone', async () => {
    const [first, second] = [await open('1'), await open('2')];
    await ask(first);
    expect(await lease(first)).toHaveLength(1);
    expect(await lease(second)).toEqual([]);
    await seeThere('2');
    expect(await lease(second)).toMatchObject([{ id: '1', attempt: 2 }]);
  });

  test('also where the lease came with the commit that recorded it', async () => {
    const [first, second] = [await open('1'), await open('2')];
    first.offerRequestsTo({ leaseMs: AN_HOUR, room: () => 10, take: () => undefined });
    await ask(first);
    expect(await lease(second)).toEqual([]);
    await seeThere('2');
    expect(await lease(second)).toHaveLength(1);
  });

  test('stays the first one’s for as long as that is there', async () => {
    const [first, second] = [await open('1'), await open('2')];
    await ask(first);
    await lease(first);
    await seeThere('1', '2');
    expect(await lease(second)).toEqual([]);
  });

  test('rests after a failure, also when the process that failed is gone', async () => {
    const [first, second] = [await open('1'), await open('2')];
    await ask(first);
    const [request] = await lease(first);
    await first.requests.postpone(request!, 'busy', AN_HOUR);
    await seeThere('2');
    expect(await lease(second)).toEqual([]);
  });
});
