import { describe, expect, test } from 'vitest';
import { AlarmBook } from '#events/messaging/watching/alarm-book';
import { type AlarmLimits, alarmsOf } from '#events/messaging/watching/alarms';
import type { LaneStatus, PostOfficeStatus, RequestStatus } from '#events/messaging/watching/status';

const limits: AlarmLimits = { lag: 60, standstill: 30, gap: 5, request: 900 };

const well: LaneStatus = {
  subscriber: 'billing.billOrders',
  position: 10,
  behind: 0,
  isEstimated: false,
  behindSeconds: 0,
  oldestUnhandled: null,
  rate: 0,
  stillSeconds: 3_000,
  parked: 3,
  dead: 0,
  blockedKeys: [],
  blockedKeyCount: 0,
  pausedBecause: null,
  heldBy: null,
  isRetired: false,
  isOrphaned: false,
  lostAfter: null,
};
const oldest = { id: 'e', position: 11, recordedAt: new Date(0) };
const lagging = { ...well, behind: 5, behindSeconds: 60, stillSeconds: 1, oldestUnhandled: oldest };
const asked: RequestStatus = {
  kind: 'billing.capturePayment',
  waiting: 2,
  failing: 1,
  dead: 0,
  oldestSeconds: 899,
};
const calm: PostOfficeStatus = {
  end: 20,
  floor: 0,
  relays: 1,
  lanes: [well],
  requests: [asked],
  appenders: [],
  gap: null,
  pools: [],
};
const appender = {
  pid: 42,
  gid: null,
  seconds: 5,
  state: 'idle in transaction',
  query: 'insert into messaging.log',
  hiddenBy: null,
};
const hidden = { ...appender, seconds: null, state: 'unknown', query: null, hiddenBy: 'postgres' };
const held = { after: 10, waiting: 3 };
const pool = { process: '7', size: 16, busy: 16 };

const ofLane = (lane: Partial<LaneStatus>): PostOfficeStatus => ({ ...calm, lanes: [{ ...well, ...lane }] });
const namesOf = (status: PostOfficeStatus) => alarmsOf(status, limits).map(({ name }) => name);

describe('an alarm', () => {
  test('is not raised where all is well', () => expect(alarmsOf(calm, limits)).toEqual([]));

  test.each<[string, PostOfficeStatus, PostOfficeStatus, RegExp, RegExp]>([
    ['no-relay', { ...calm, relays: 0 }, calm, /no relay/, /microlith start/],
    ['lane-lagging', ofLane(lagging), ofLane({ ...lagging, behindSeconds: 59 }), /5 events, the oldest 60 s/, /status/],
    [
      'lane-stuck',
      ofLane({ ...lagging, stillSeconds: 30, behindSeconds: 30, heldBy: 99 }),
      ofLane({ ...lagging, stillSeconds: 29, behindSeconds: 30 }),
      /has not moved for 30 s and has a backlog: 5 events/,
      /pid = 99/,
    ],
    [
      'lane-stuck',
      ofLane({ ...lagging, stillSeconds: 30, behindSeconds: 30 }),
      ofLane({ ...lagging, stillSeconds: 30, behindSeconds: 29 }),
      /has not moved for 30 s/,
      /"a batch failed".*where there is none.*application_name like 'microlith%'/,
    ],
    ['lane-paused', ofLane({ pausedBecause: 'a bug' }), calm, /is paused: a bug/, /resume billing.billOrders/],
    [
      'lane-dead',
      ofLane({ dead: 2 }),
      ofLane({ parked: 2 }),
      /2 dead events/,
      /parked list --dead.*parked retry --all --dead --subscriber billing.billOrders --reason …$/,
    ],
    [
      'lane-orphaned',
      ofLane({ isOrphaned: true }),
      ofLane({ isOrphaned: true, isRetired: true }),
      /not heard by this code/,
      /when no process with that code runs any more: npx microlith events retire billing.billOrders/,
    ],
    [
      'lane-lost',
      ofLane({ lostAfter: 7 }),
      calm,
      /stands at position 10, which the log does not have any more/,
      /replay billing.billOrders --from 8 --reason/,
    ],
    [
      'lane-retired',
      ofLane({ isRetired: true, pausedBecause: 'retired by ada: it is gone' }),
      ofLane({ isRetired: true, isOrphaned: true, dead: 1 }),
      /handles nothing, though this code has it: retired by ada: it is gone/,
      /resume billing.billOrders/,
    ],
    [
      'request-dead',
      { ...calm, requests: [{ ...asked, dead: 3 }] },
      calm,
      /billing.capturePayment has 3 dead requests/,
      /requests list --kind billing.capturePayment --dead.*requests retry --all --dead --kind billing.capturePayment/,
    ],
    [
      'request-unanswered',
      { ...calm, requests: [{ ...asked, oldestSeconds: 900 }] },
      calm,
      /2 requests wait, 1 has failed before, the oldest was made 900 s ago/,
      /requests list --kind billing.capturePayment; where nothing has failed/,
    ],
    [
      'gap-held',
      { ...calm, gap: held, appenders: [appender] },
      { ...calm, gap: held, appenders: [{ ...appender, seconds: 4 }] },
      /after position 10.*open for 5 s \(idle in transaction\)$/,
      /pg_terminate_backend\(42\)/,
    ],
    [
      'gap-held',
      { ...calm, gap: held, appenders: [{ ...hidden, seconds: 5 }] },
      { ...calm, gap: held, appenders: [{ ...hidden, seconds: 4 }] },
      /open for 5 s or longer \(of role postgres, which hides more\)$/,
      /another role, postgres; as a superuser, .*where pid = 42; end it: select pg_terminate_backend\(42\)/,
    ],
    [
      'gap-held',
      { ...calm, gap: held, appenders: [hidden] },
      { ...calm, gap: null, appenders: [hidden] },
      /open for an unknown time \(of role postgres/,
      /superuser/,
    ],
    [
      'gap-held',
      { ...calm, gap: held, appenders: [{ ...appender, pid: null, gid: "t'x", state: "prepared transaction t'x" }] },
      { ...calm, gap: null, appenders: [appender] },
      /open for 5 s \(prepared transaction t'x\)$/,
      /^commit prepared 't''x', or rollback prepared 't''x'/,
    ],
    [
      'gap-held',
      { ...calm, gap: held, appenders: [{ ...appender, pid: null, state: 'prepared transaction' }] },
      { ...calm, gap: held, appenders: [{ ...appender, pid: null, state: 'prepared transaction', seconds: 4 }] },
      /open for 5 s or longer \(prepared transaction\)$/,
      /pg_prepared_xacts .*rollback prepared$/,
    ],
    [
      'pool-full',
      { ...calm, pools: [pool] },
      { ...calm, pools: [{ ...pool, busy: 15 }] },
      /16 connections/,
      /^look at wait_event first: .*wait_event.* from pg_stat_activity.* for a lock.*MICROLITH_POOL/,
    ],
    [
      'pool-full',
      { ...calm, pools: [{ ...pool, waiting: 3 }] },
      { ...calm, pools: [{ ...pool, waiting: 0 }] },
      /3 wait for one/,
      /MICROLITH_POOL/,
    ],
  ])('%s is raised, and says what to do; a little less raises none', (name, bad, good, what, todo) => {
    expect(alarmsOf(bad, limits)).toMatchObject([
      { name, what: expect.stringMatching(what), todo: expect.stringMatching(todo) },
    ]);
    expect(alarmsOf(good, limits)).toEqual([]);
  });

  test('says of a lane no longer that it stands still than it has something to do', () => {
    const idle = { ...lagging, stillSeconds: 685, behindSeconds: 47 };
    expect(alarmsOf(ofLane(idle), limits)).toMatchObject([
      { name: 'lane-stuck', what: expect.stringContaining('has not moved for 47 s and has a backlog') },
    ]);
    expect(namesOf(ofLane({ ...idle, behindSeconds: 29 }))).toEqual([]);
  });

  test('speaks of one thing as of one', () => {
    const one = { ...asked, waiting: 1, failing: 1, dead: 1, oldestSeconds: 900 };
    const status = {
      ...calm,
      lanes: [{ ...lagging, behind: 1, dead: 1 }],
      requests: [one],
      pools: [{ ...pool, waiting: 1 }],
    };
    expect(alarmsOf(status, limits).map(({ what }) => what)).toEqual([
      'billing.billOrders lags: 1 event, the oldest 60 s old',
      'billing.billOrders has 1 dead event',
      'billing.capturePayment has 1 dead request: how its call ended could not be recorded',
      'billing.capturePayment is not answered: 1 request waits, 1 has failed before, the oldest was made 900 s ago',
      'all 16 connections of process 7 are busy, 1 waits for one',
    ]);
  });

  test('is one where a lane lags since it does not move, and none where it is paused or held back by a gap', () => {
    expect(namesOf(ofLane({ ...lagging, stillSeconds: 30 }))).toEqual(['lane-stuck']);
    expect(namesOf(ofLane({ ...lagging, pausedBecause: 'a bug' }))).toEqual(['lane-paused']);
    expect(namesOf({ ...ofLane(lagging), gap: held, appenders: [appender] })).toEqual(['gap-held']);
    expect(namesOf({ ...ofLane(lagging), gap: { after: 11, waiting: 1 }, appenders: [appender] })).toEqual([
      'gap-held',
      'lane-lagging',
    ]);
  });
});

const NOTHING = { begun: [], over: [] };

describe('the book of alarms', () => {
  const [alarm] = alarmsOf(ofLane(lagging), limits) as [ReturnType<typeof alarmsOf>[number]];
  const later = { ...alarm, what: 'billing.billOrders lags: 7 events' };

  test('tells of an alarm once, when two looks running found it, and once when it is over', () => {
    const book = new AlarmBook();
    expect(book.note([alarm])).toEqual({ begun: [], over: [] });
    expect(book.note([later])).toEqual({ begun: [later], over: [] });
    expect(book.note([alarm])).toEqual({ begun: [], over: [] });
    expect(book.raised).toEqual([alarm]);
    expect(book.note([])).toEqual({ begun: [], over: [alarm] });
    expect([book.note([]), book.raised]).toEqual([{ begun: [], over: [] }, []]);
  });

  test('does not tell of what passes by itself', () => {
    const book = new AlarmBook();
    expect([book.note([alarm]), book.note([]), book.note([alarm])]).toEqual([NOTHING, NOTHING, NOTHING]);
  });

  test('tells two lanes apart', () => {
    const book = new AlarmBook();
    const other = { ...alarm, subject: 'checkout.advanceOrder' };
    book.note([alarm, other]);
    expect(book.note([alarm, other]).begun).toHaveLength(2);
    expect(book.note([other]).over).toEqual([alarm]);
  });
});
