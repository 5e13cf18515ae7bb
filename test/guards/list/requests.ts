import type { Guard } from '../guard.ts';

const EXECUTOR = 'events/messaging/executor.ts';
const ENDINGS = 'events/messaging/adapters/postgresql/endings.ts';
const REQUESTS = 'events/messaging/adapters/postgresql/requests.ts';
const NEW_REQUESTS = 'events/messaging/adapters/postgresql/new-requests.ts';
const CONTRACT = 'test/contracts/messaging/postgresql.test.ts';

const HAZARD = 'a call to the outside is repeated, or stops a lane';
const request = (title: string) => ({ file: CONTRACT, title: `a request on PostgreSQL > ${title}` });
const ending = (title: string) => ({
  file: 'test/database/endings.test.ts',
  title: `requests that end at the same time > ${title}`,
});

/** Calls to the outside. */
export const requests: readonly Guard[] = [
  {
    name: 'answered-once',
    hazard: HAZARD,
    promise: 'an answer is recorded once, by however many processes the call was made',
    edits: [
      {
        file: ENDINGS,
        snippet: 'const ours = firsts.filter(({ request }) => written.has(nameOf(request)));',
        replacement: 'const ours = firsts.filter(() => written);',
      },
    ],
    noticedBy: request('is answered once, by however many processes it is performed'),
  },
  {
    name: 'answered-once-at-once',
    hazard: HAZARD,
    promise: 'an answer is recorded once, though the same request ends twice at the same time',
    edits: [{ file: ENDINGS, snippet: 'const firsts = firstOfEach(endings)', replacement: 'const firsts = endings' }],
    noticedBy: ending('end once, however often one of them ends'),
  },
  {
    name: 'failed-alone',
    hazard: HAZARD,
    promise: 'an answer that cannot be recorded does not keep others from being recorded',
    edits: [
      {
        file: 'events/messaging/together.ts',
        snippet: 'else for (const each of group) await this.#runGroup([each]);',
        replacement: 'else for (const { reject } of group) reject(error);',
      },
    ],
    noticedBy: ending('are recorded all the same where one of them cannot be'),
  },
  {
    name: 'stable-key',
    hazard: HAZARD,
    promise: 'every attempt of one request has the same idempotency key',
    edits: [
      {
        file: EXECUTOR,
        snippet: 'idempotencyKey: `${tenantId}:${kind}:${id}`',
        replacement: 'idempotencyKey: `${tenantId}:${kind}:${id}:${request.attempt}`',
      },
    ],
    noticedBy: request('is repeated under the same idempotency key until it succeeds'),
  },
  {
    name: 'key-of-its-tenant',
    hazard: HAZARD,
    promise: 'no two tenants share an idempotency key',
    edits: [
      {
        file: EXECUTOR,
        snippet: 'idempotencyKey: `${tenantId}:${kind}:${id}`',
        replacement: 'idempotencyKey: `${kind}:${id}`',
      },
    ],
    noticedBy: request('of one tenant has another key than that of another tenant under the same id'),
  },
  {
    name: 'never-in-a-lane',
    hazard: HAZARD,
    promise: 'no lane waits for a call to the outside',
    edits: [
      {
        file: EXECUTOR,
        snippet: 'this.#areMore ||= areMore; this.#fillPlaces();',
        replacement: 'this.#areMore ||= areMore; this.#fillPlaces(); return this.settle() as never;',
      },
      { file: NEW_REQUESTS, snippet: 'this.#taker.take(', replacement: 'return this.#taker.take(' },
      {
        file: 'events/messaging/adapters/postgresql/unit.ts',
        snippet: 'this.#requests.handOver(results);',
        replacement: 'await this.#requests.handOver(results);',
      },
    ],
    noticedBy: request('never holds up the lane that asked for it'),
  },
  {
    name: 'known-request-not-repeated',
    hazard: HAZARD,
    promise: 'a request that was made before is not made again',
    edits: [
      {
        file: NEW_REQUESTS,
        snippet: `where known.state = 'withheld' and excluded.state = 'pending'`,
        replacement: `where excluded.state = 'pending'`,
      },
    ],
    noticedBy: request('that was made before is not made again: the answer is there'),
  },
  {
    name: 'order-in-one-unit',
    hazard: HAZARD,
    promise: 'of requests of one key that are recorded together only the first is begun',
    edits: [
      {
        file: NEW_REQUESTS,
        snippet: 'const isFirst = key === null || seen.size !== seen.add(JSON.stringify([tenantId, kind, key])).size;',
        replacement: 'const isFirst = key !== seen.add(JSON.stringify([tenantId, kind])).size.toString();',
      },
    ],
    noticedBy: request('is not begun while an older one of its key is under way: asked for at once'),
  },
  {
    name: 'order-between-units',
    hazard: HAZARD,
    promise: 'a request waits for the older unanswered one of its key',
    edits: [
      {
        file: NEW_REQUESTS,
        snippet: `= (r.tenant_id, r.kind, r.key) and older.state = 'pending') as leased`,
        replacement: `= (r.tenant_id, r.kind, r.key) and older.state = 'nothing') as leased`,
      },
    ],
    noticedBy: request('is not begun while an older one of its key is under way: asked for one after the other'),
  },
  {
    name: 'order-when-leased',
    hazard: HAZARD,
    promise: 'of the pending requests of a key only the oldest is leased',
    edits: [{ file: REQUESTS, snippet: 'and (key is null or not exists (', replacement: 'and (true or not exists (' }],
    noticedBy: request('is not begun while an older one of its key is under way: found later'),
  },
  {
    name: 'call-has-its-time',
    hazard: HAZARD,
    promise: 'a call that is not answered is given up, and tried again',
    edits: [
      {
        file: EXECUTOR,
        snippet: 'await within(executor.timeout, calling, late, this.#of.timing)',
        replacement: 'await within(9e8, calling, late, this.#of.timing)',
      },
    ],
    noticedBy: request('that hangs counts as a failed attempt'),
  },
  {
    name: 'answer-kept-through-outage',
    hazard: HAZARD,
    promise:
      'an answer that cannot be recorded now is recorded when the database is back, and the call is not made again',
    edits: [
      {
        file: EXECUTOR,
        snippet: `if (faultOf(error) === 'event' || isInVain) throw error;`,
        replacement: `if (faultOf(error) === 'event' || isInVain || tries > 0) throw error;`,
      },
    ],
    noticedBy: request('is not performed again where the database was away when its answer came'),
  },
  {
    name: 'replay-is-silent',
    hazard: HAZARD,
    promise: 'a replay makes no new calls unless it is told to',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes.ts',
        snippet: 'if (opening.is_silent) unit.withholdRequests();',
        replacement: '',
      },
    ],
    noticedBy: {
      file: 'test/database/operations.test.ts',
      title:
        'an operator > who has history handled again > makes no call whose answer was pruned, unless it is told to',
    },
  },
];
