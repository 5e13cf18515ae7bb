import { afterEach, beforeEach, expect } from 'vitest';
import { z } from 'zod';
import { defineExecutor, defineRequest, type Executor } from '#events/messaging';
import { type PerformerDependencies, RequestPerformer } from '#events/messaging/requests/request-performer';
import type { RequestStorage } from '#events/messaging/requests/request-storage';
import { realTiming, type Timing } from '#events/messaging/timing';
import { type DeskScope, NoteFiled } from './desk/note.ts';
import { asUser, type OpenPostOffice, type PostOffice } from './post-office.ts';

export const FileAway = defineRequest('desk.fileAway', z.object({ text: z.string() }));

const AT_ONCE = { first: 0, longest: 0 };

/** Rests are a hundred times shorter. */
export const HASTY: Timing = { ...realTiming, after: (rest, callback) => realTiming.after(rest / 100, callback) };

/** Storage that does something in another way. */
export const changed = (
  change: Partial<RequestStorage<DeskScope>>,
  requests: RequestStorage<DeskScope>,
): RequestStorage<DeskScope> => ({
  lease: (...asked) => requests.lease(...asked),
  giveBack: (...given) => requests.giveBack(...given),
  inAnswer: (...answer) => requests.inAnswer(...answer),
  inFailure: (...failure) => requests.inFailure(...failure),
  postpone: (...postponed) => requests.postpone(...postponed),
  keep: (...kept) => requests.keep(...kept),
  setBack: (...setback) => requests.setBack(...setback),
  ...change,
});

/** A post office for each test, and who asks and performs there. */
export function inRequestOffice(open: OpenPostOffice) {
  let office: PostOffice;
  let errors: unknown[];
  beforeEach(async () => {
    office = await open();
    errors = [];
  });
  afterEach(() => office[Symbol.asyncDispose]());

  const executor = (call: (text: string, key: string) => Promise<unknown>, attempts = 3): Executor<DeskScope> =>
    defineExecutor<DeskScope>()({
      performs: FileAway,
      attempts,
      timeout: 200,
      call: ({ text }, { idempotencyKey }) => call(text, idempotencyKey),
      record: async ({ notes, publish }, { payload, answer }) => {
        await notes.add(`${payload.text}: ${String(answer)}`);
        publish(NoteFiled({ text: payload.text }));
      },
      giveUp: ({ notes }, { payload }) => notes.add(`${payload.text}: given up`),
    });

  const openPerformer = (of: Executor<DeskScope>, more: Partial<PerformerDependencies<DeskScope>> = {}) => {
    const performer = new RequestPerformer({
      requests: office.store.requests,
      executors: [of],
      reportError: (error) => errors.push(error),
      retry: AT_ONCE,
      recordingRetry: AT_ONCE,
      ...more,
    });
    office.store.offerRequestsTo(performer);
    return performer;
  };

  const ask = (id: string, text: string, key?: string) =>
    asUser(() =>
      office.store.unitOfWork(async ({ request }) => request(FileAway({ id, payload: { text }, ...(key && { key }) }))),
    );

  const performAllThatCan = async (performer: RequestPerformer<DeskScope>) => {
    do await performer.performDue();
    while ((await performer.settle()) || (await office.store.dueWork()).requestsIn !== null);
  };
  const performAll = async (performer: RequestPerformer<DeskScope>) => {
    await performAllThatCan(performer);
    expect(errors).toEqual([]);
  };

  async function recordUnleased() {
    office.store.offerRequestsTo({ leaseMs: 0, room: () => 0, take: () => undefined });
    await ask('1', 'letter');
    return office.store.requests.lease(new Map([[FileAway.kind, 10]]), 0);
  }

  return {
    get office() {
      return office;
    },
    /** What was reported. */
    get errors() {
      return errors;
    },
    executor,
    openPerformer,
    ask,
    performAllThatCan,
    performAll,
    recordUnleased,
  };
}
