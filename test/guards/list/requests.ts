import type { Guard } from '../guard.ts';

const PERFORMER = 'events/messaging/requests/request-performer.ts';
const ENDINGS = 'events/messaging/adapters/postgresql/requests/endings.ts';
const CALL = 'events/messaging/requests/outside-call.ts';
const RECORDING = 'events/messaging/requests/recording.ts';
const STORAGE = 'events/messaging/adapters/postgresql/requests/requests.ts';
const NEW_REQUESTS = 'events/messaging/adapters/postgresql/requests/new-requests.ts';
const CONTRACT = 'test/contracts/messaging/postgresql.test.ts';

const FAILS_IN_A_REPLAY =
  'an operator > who has history handled again > makes no call for an event either that fails meanwhile and is tried again, unless it is told to';
const HAZARD = 'a call to the outside is repeated, or stops a lane';
const UNENDED = 'a request never comes to an end';
const request = (title: string) => ({ file: CONTRACT, title: `a request on PostgreSQL > ${title}` });
const twice = (title: string) => request(`that a second process has, since the first was taken for gone > ${title}`);
const ATTENDANCE = 'events/messaging/relay/attendance.ts';
const several = (title: string) => request(`of which there are several > ${title}`);
const leased = (title: string) => ({
  file: 'test/database/leases.test.ts',
  title: `a request that one process has leased > ${title}`,
});
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
        file: 'events/messaging/requests/together.ts',
        snippet: 'else for (const each of group) await this.#runGroup([each]);',
        replacement: 'else for (const { reject } of group) reject(error);',
      },
    ],
    noticedBy: ending('are recorded all the same where one of them cannot be'),
  },
  {
    name: 'outage-of-all',
    hazard: HAZARD,
    promise: 'answers that cannot be recorded in an outage do not wait for it one after the other',
    edits: [
      {
        file: 'events/messaging/requests/together.ts',
        snippet: `if (group.length === 1 || faultOf(error) === 'outage')`,
        replacement: 'if (group.length === 1)',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/together.test.ts',
      title: 'what goes together behind others > fails at once in an outage, which would keep each of them waiting',
    },
  },
  {
    name: 'stable-key',
    hazard: HAZARD,
    promise: 'every attempt of one request has the same idempotency key',
    edits: [
      {
        file: CALL,
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
        file: CALL,
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
        file: PERFORMER,
        snippet: 'this.#accept(leased, this.#of.timing.now() + this.leaseMs);',
        replacement: 'this.#accept(leased, this.#of.timing.now() + this.leaseMs); return this.settle() as never;',
      },
      { file: NEW_REQUESTS, snippet: 'this.#taker.take(', replacement: 'return this.#taker.take(' },
      {
        file: 'events/messaging/adapters/postgresql/transactions/unit.ts',
        snippet: 'this.#requests.handOver(results.slice(queued.length));',
        replacement: 'await this.#requests.handOver(results.slice(queued.length));',
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
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/requests/request-heads.ts',
        snippet: 'and (r.key is null or not exists (',
        replacement: 'and (true or not exists (',
      },
    ],
    noticedBy: request('is not begun while an older one of its key is under way: found later'),
  },
  {
    name: 'places-of-a-kind',
    hazard: HAZARD,
    promise: 'no more calls of a kind are under way at once than its executor allows',
    edits: [
      {
        file: 'events/messaging/requests/places.ts',
        snippet: 'while (this.#running.size < this.#count &&',
        replacement: 'while (this.#running.size < 9e8 &&',
      },
    ],
    noticedBy: several('is performed by no more calls at once than its kind may have, and waits for no other kind'),
  },
  {
    name: 'asked-again-after-failure',
    hazard: HAZARD,
    promise: 'what there is more of a kind is asked for again where asking failed',
    edits: [
      { file: PERFORMER, snippet: 'this.#noteMore([...room.keys()]); throw error;', replacement: 'throw error;' },
    ],
    noticedBy: several('is performed though one look for what there is more has failed'),
  },
  {
    name: 'begun-while-leased',
    hazard: HAZARD,
    promise: 'no call is begun that may outlast its lease',
    edits: [
      {
        file: PERFORMER,
        snippet: 'if (!this.#isTooLate(executor, request)) return',
        replacement: 'if (executor) return',
      },
    ],
    noticedBy: several(
      'is given back where its lease might run out first: it is leased again, and no attempt is spent',
    ),
  },
  {
    name: 'closed-begins-nothing',
    hazard: HAZARD,
    promise: 'a process that closes begins no call, and leaves those it has not begun to others',
    edits: [{ file: PERFORMER, snippet: 'if (!this.#isOpen) return this.#giveBack(leased);', replacement: '' }],
    noticedBy: several(
      'is not begun by a process that closes, and another may perform it at once > where it is found meanwhile',
    ),
  },
  {
    name: 'call-has-its-time',
    hazard: HAZARD,
    promise: 'a call that is not answered is given up, and tried again',
    edits: [
      {
        file: CALL,
        snippet: 'await within(executor.timeout, calling, late, timing)',
        replacement: 'await within(9e8, calling, late, timing)',
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
        file: RECORDING,
        snippet: `if (faultOf(error) === 'event' || isInVain) throw error;`,
        replacement: `if (faultOf(error) === 'event' || isInVain || tries > 0) throw error;`,
      },
    ],
    noticedBy: request('is not performed again where the database was away when its answer came'),
  },
  {
    name: 'answer-kept-when-unrecorded',
    hazard: UNENDED,
    promise: 'an answer that cannot be recorded is kept, and recorded later without another call',
    edits: [{ file: RECORDING, snippet: 'await this.#setBack(request, end, describeError(error));', replacement: '' }],
    noticedBy: request(
      'whose end cannot be recorded > is not performed again: its answer is kept, and recorded when it can be',
    ),
  },
  {
    name: 'recordings-end',
    hazard: UNENDED,
    promise: 'what cannot be recorded twelve times is dead, and waits for a person',
    edits: [{ file: RECORDING, snippet: 'const MOST_RECORDINGS = 12;', replacement: 'const MOST_RECORDINGS = 30;' }],
    noticedBy: request('whose end cannot be recorded > is dead after twelve recordings, and left alone'),
  },
  {
    name: 'recording-has-its-time',
    hazard: UNENDED,
    promise: 'a recording that hangs is undone, and holds nobody',
    edits: [
      {
        file: RECORDING,
        snippet: 'return within(LONGEST_WORK, recording,',
        replacement: 'return within(9e8, recording,',
      },
    ],
    noticedBy: request('whose end cannot be recorded > since that hangs is recorded later, and holds nobody'),
  },
  {
    name: 'kept-before-recorded',
    hazard: UNENDED,
    promise: 'where a process ended before, the answer is kept before it is recorded',
    edits: [
      {
        file: RECORDING,
        snippet: 'if (isCalledAgain) await this.#persist(request, () => this.#of.requests.keep(request, end));',
        replacement: 'void isCalledAgain;',
      },
    ],
    noticedBy: request(
      'that was begun by a process which ended > is not performed a third time where each ends recording the answer',
    ),
  },
  {
    name: 'recordings-counted-first',
    hazard: UNENDED,
    promise: 'a recording that ends its process counts',
    edits: [
      {
        file: RECORDING,
        snippet: 'if (recording > MOST_RECORDINGS) return this.#setBack(request, end, PROCESS_ENDED);',
        replacement: 'void PROCESS_ENDED;',
      },
    ],
    noticedBy: request(
      'that was begun by a process which ended > is dead after the twelfth recording that nobody saw end',
    ),
  },
  {
    name: 'calls-counted-first',
    hazard: UNENDED,
    promise: 'a call that ends its process counts',
    edits: [
      {
        file: PERFORMER,
        snippet: 'if (request.attempt > executor.attempts) return { error: NEVER_ENDED };',
        replacement: 'void NEVER_ENDED;',
      },
    ],
    noticedBy: request('that was begun by a process which ended > is given up after the last call that nobody saw end'),
  },
  {
    name: 'dead-holds-its-key',
    hazard: UNENDED,
    promise: 'what is younger of the key of a dead request waits',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/requests/request-heads.ts',
        snippet: `and older.state = 'pending' and older.sequence`,
        replacement: `and older.state = 'pending' and not older.is_dead and older.sequence`,
      },
    ],
    noticedBy: request('whose end cannot be recorded > holds back what is younger of its key, and nothing else'),
  },
  {
    name: 'member-until-closed',
    hazard: HAZARD,
    promise: 'a process that stops keeps its leases until its calls have ended',
    edits: [
      {
        file: 'app/persistence/postgres-backbone.ts',
        snippet: `signal.addEventListener('abort', remain, { once: true });`,
        replacement: 'void remain;',
      },
    ],
    noticedBy: {
      file: 'test/database/stopping.test.ts',
      title: 'a process that stops > is seen by others until its calls have ended, and how they ended is written',
    },
  },
  {
    name: 'calls-end-first',
    hazard: HAZARD,
    promise: 'a process that stops is gone for others only after its calls',
    edits: [
      {
        file: 'app/system.ts',
        snippet: 'await Promise.all(modules.map(({ performer }) => performer.close())); await backbone.close();',
        replacement: 'await backbone.close(); await Promise.all(modules.map(({ performer }) => performer.close()));',
      },
    ],
    noticedBy: {
      file: 'test/database/stopping.test.ts',
      title: 'a process that stops > is seen by others until its calls have ended, and how they ended is written',
    },
  },
  {
    name: 'gone-after-a-while',
    hazard: HAZARD,
    promise: 'a process that has lost its connection keeps its leases while it may come back',
    edits: [{ file: ATTENDANCE, snippet: 'const GRACE = 4_000;', replacement: 'const GRACE = 0;' }],
    noticedBy: leased('stays the first one’s where all lose their connections, and the first is the last to be back'),
  },
  {
    name: 'blind-to-the-gone',
    hazard: HAZARD,
    promise: 'a process that has lost its own connection takes nobody for gone',
    edits: [
      {
        file: ATTENDANCE,
        snippet: 'const isBlind = !seen.includes(this.#self);',
        replacement: 'const isBlind = !seen;',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/attendance.test.ts',
      title: 'who counts as there > is not known to whoever is not seen itself, nor for four seconds after that',
    },
  },
  {
    name: 'started-server-excuses',
    hazard: HAZARD,
    promise: 'where the server has only just started, a new process takes nobody for gone',
    edits: [{ file: ATTENDANCE, snippet: 'upFor >= GRACE', replacement: 'upFor >= 0' }],
    noticedBy: {
      file: 'test/contracts/messaging/attendance.test.ts',
      title: 'who counts as there > is not known before all have had four seconds to be seen',
    },
  },
  {
    name: 'late-failure-is-fenced',
    hazard: HAZARD,
    promise: 'a call that fails after its lease leaves alone whoever calls again',
    edits: [
      {
        file: STORAGE,
        snippet: `'(attempts, greatest(recordings, 1)) = ($4, $5)'`,
        replacement: `'($4::int, $5::int) is not null'`,
      },
    ],
    noticedBy: twice('stays the second one’s where the call of the first fails late'),
  },
  {
    name: 'late-setback-is-fenced',
    hazard: HAZARD,
    promise: 'a recording that fails after its lease leaves alone whoever records again',
    edits: [
      {
        file: STORAGE,
        snippet: `'(attempts, greatest(recordings, 1)) = ($4, $5)'`,
        replacement: `'(attempts, $5::int) = ($4, $5)'`,
      },
    ],
    noticedBy: twice('stays the second one’s to record where the first one’s recording fails late'),
  },
  {
    name: 'late-answer-is-kept',
    hazard: HAZARD,
    promise: 'an answer that comes after its lease is kept',
    edits: [
      { file: STORAGE, snippet: 'if (rowCount === 0) await this.keep(request, end);', replacement: 'void rowCount;' },
    ],
    noticedBy: twice('keeps the answer that the first one gets late, and stays the second one’s'),
  },
  {
    name: 'answered-is-not-failed',
    hazard: HAZARD,
    promise: 'a request whose answer is kept is not given up by whoever called again',
    edits: [{ file: ENDINGS, snippet: `and (ended.state = 'answered' or r.answer is null)`, replacement: '' }],
    noticedBy: twice('has not failed where an answer of the first one is kept'),
  },
  {
    name: 'retried-without-a-call',
    hazard: UNENDED,
    promise: 'an operator has an answer that is kept recorded without another call',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/operations/act-on-requests.ts',
        snippet: 'recordings = (r.answer is not null)::int',
        replacement: 'recordings = 0',
      },
    ],
    noticedBy: {
      file: 'test/database/requests.test.ts',
      title:
        'requests that do not come to an end > raise an alarm where one is dead, and are recorded without another call when somebody says so',
    },
  },
  {
    name: 'replay-is-silent',
    hazard: HAZARD,
    promise: 'a replay makes no new calls unless it is told to',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/lanes.ts',
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
  {
    name: 'replay-stays-silent-parked',
    hazard: HAZARD,
    promise: 'what fails while a replay makes no calls makes none when it is tried again',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/parked.ts',
        snippet: 'if (rows.some((row) => row.is_silent)) unit.withholdRequests();',
        replacement: '',
      },
    ],
    noticedBy: { file: 'test/database/operations.test.ts', title: FAILS_IN_A_REPLAY },
  },
  {
    name: 'silent-and-others-apart',
    hazard: HAZARD,
    promise: 'what waits behind an event that makes no calls makes its own, where it may',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/parked.ts',
        snippet: 'is_silent = $8 and',
        replacement: '$8::boolean is not null and',
      },
    ],
    noticedBy: { file: 'test/database/operations.test.ts', title: FAILS_IN_A_REPLAY },
  },
];
