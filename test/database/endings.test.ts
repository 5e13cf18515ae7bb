import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineRequest } from '#events/messaging';
import { runAs } from '#events/messaging/units/execution';
import type { PendingRequest } from '#events/messaging/requests/request-storage';
import { NoteFiled } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { type Desk, openDesk } from '../support/desk.ts';

const FileAway = defineRequest('desk.fileAway', z.object({ text: z.string() }));

describe('requests that end at the same time', () => {
  let desk: Desk;
  let requests: readonly PendingRequest[];
  beforeEach(async () => {
    desk = await openDesk();
    for (const id of ['1', '2', '3', '4', '5'])
      await asUser(() =>
        desk.store.unitOfWork(async ({ request }) => request(FileAway({ id, payload: { text: `letter ${id}` } }))),
      );
    requests = await desk.store.requests.lease(new Map([[FileAway.kind, 10]]), 60_000);
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const end = (request: PendingRequest) =>
    runAs({ ...request.execution, source: request.kind }, () =>
      desk.store.requests.inAnswer(request, 'done', async ({ publish }) => {
        if (request.payload === null) throw new Error('cannot be recorded');
        publish(NoteFiled({ text: request.id }));
      }),
    );
  const filed = () =>
    desk.database.query<{ text: string; story: string; transaction: string }>(
      `select data->>'text' as text, correlation_id as story, xmin::text as transaction from messaging.log order by 1`,
    );
  const pending = () => desk.database.query(`select id from desk.request where state = 'pending' order by id`);

  test('are recorded in one transaction behind the first, each on behalf of whom it was made for', async () => {
    expect(await Promise.all(requests.map(end))).toEqual([true, true, true, true, true]);
    const facts = await filed();
    expect(facts.map(({ text, story }) => [text, story])).toEqual(
      requests.map(({ id, execution }) => [id, execution.correlationId]),
    );
    expect(new Set(facts.map(({ transaction }) => transaction)).size).toBe(2);
    expect(await pending()).toEqual([]);
  });

  test('are recorded all the same where one of them cannot be', async () => {
    const ends = await Promise.allSettled(
      requests.map((request) => end(request.id === '3' ? { ...request, payload: null } : request)),
    );
    expect(ends.map(({ status }) => status)).toEqual(
      ['1', '2', '3', '4', '5'].map((id) => (id === '3' ? 'rejected' : 'fulfilled')),
    );
    expect((await filed()).map(({ text }) => text)).toEqual(['1', '2', '4', '5']);
    expect(await pending()).toEqual([{ id: '3' }]);
  });

  test('end once, however often one of them ends', async () => {
    const [one, two] = [requests[0]!, requests[1]!];
    expect(await Promise.all([one, two, two, one, two].map(end))).toEqual([true, true, false, false, false]);
    expect((await filed()).map(({ text }) => text)).toEqual(['1', '2']);
  });
});
