import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { codec, publishedLanguage } from '#events/registry';
import type { Executor, NewEvent } from '#events/messaging';
import { RequestPerformer } from '#events/messaging/requests/request-performer';
import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { InMemoryLog } from '#events/messaging/adapters/in-memory/log';
import { type InMemoryContext, InMemoryStore } from '#events/messaging/adapters/in-memory/store';
import {
  appendStatement,
  FACT_COLUMNS,
  type FactRow,
  toRecordedEvent,
} from '#events/messaging/adapters/postgresql/log/log-statements';
import { PostgresLogSource } from '#events/messaging/adapters/postgresql/log/log-source';
import { createMemberName } from '#events/messaging/adapters/postgresql/relay/members';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { createReadBehind } from '#events/messaging/adapters/postgresql/log/read-behind';
import { type MikroOrmContext, PostgresStore } from '#events/messaging/adapters/postgresql/store';
import { send } from '#events/messaging/adapters/postgresql/transactions/statement';
import type { ContextStore } from '#events/messaging/units/context-store';
import { beginExecution, type Execution, runAs } from '#events/messaging/units/execution';
import type { RecordedEvent } from '#events/messaging/log/log';
import { draftOf } from '#events/messaging/units/outbox';
import { Relay } from '#events/messaging/relay/relay';
import { createStation } from '#events/messaging/relay/station';
import type { Subscriber } from '#events/messaging/lanes/subscriber';
import { contextHistory, logHistory } from '#app/persistence/migrate';
import type { Clock } from '#shared-kernel/clock';
import { TenantId } from '#shared-kernel/tenant';
import type { Migration } from '../../migrations/migration.ts';
import { createDatabase } from './database.ts';

/** A context and its two adapters. */
export interface ContextUnderTest<Scope, Door> {
  readonly create: (store: ContextStore<Scope>) => Door & {
    readonly subscribers: readonly Subscriber<Scope>[];
    readonly executors: readonly Executor<Scope>[];
  };
  readonly inMemory: InMemoryContext<Scope>;
  readonly mikroOrm: MikroOrmContext<Scope>;
  readonly migrations: readonly Migration[];
}

/** One test's own tenant of a context, cut off from all others. */
export interface TestContext<Door> {
  readonly context: Door;
  readonly clock: TestClock;
  /** Runs something as this tenant, as an edge would. */
  readonly as: <Result>(work: () => Result, more?: Partial<Execution>) => Result;
  /** Records facts, each twice, as a replay would, and brings them to the context's subscribers. */
  readonly given: (...events: readonly NewEvent[]) => Promise<void>;
  /** The same, all of them in one batch. */
  readonly givenAtOnce: (...events: readonly NewEvent[]) => Promise<void>;
  /** What the context published since the last call, or since it was opened. */
  readonly published: () => Promise<readonly PublishedEvent[]>;
  /** Performs the context's requests to the outside until none is left. */
  readonly performRequests: () => Promise<void>;
}

export type PublishedEvent = readonly [type: string, data: unknown];

export const typesPublished = async ({ published }: Pick<TestContext<unknown>, 'published'>) =>
  (await published()).map(([type]) => type);

/** A clock that stands still until it is told. */
export class TestClock implements Clock {
  #now = new Date('2026-01-01T00:00:00Z');

  now(): Date {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now = new Date(this.#now.getTime() + milliseconds);
  }
}

interface Harness<Scope> {
  readonly store: ContextStore<Scope>;
  readonly relay: (subscribers: readonly Subscriber<Scope>[]) => Relay;
  /** What was parked: in a context's own suite, a bug. */
  readonly problems: readonly unknown[];
  append(events: readonly NewEvent[]): Promise<void>;
  factsOf(tenantId: TenantId): Promise<readonly RecordedEvent[]>;
  close(): Promise<void>;
}

/** Runs one suite on both adapters of a context; `open` gives each test a tenant of its own. */
export function describeOnEachAdapter<Scope, Door>(
  name: string,
  underTest: ContextUnderTest<Scope, Door>,
  suite: (open: () => TestContext<Door>) => void,
): void {
  describe.each([
    ['in memory', openInMemory],
    ['on PostgreSQL', openOnPostgres],
  ] as const)(`${name} %s`, (_adapter, openHarness) => {
    const clock = new TestClock();
    let harness: Harness<Scope>;
    let door: ReturnType<typeof underTest.create>;
    let relay: Relay;
    let performer: RequestPerformer<Scope>;
    beforeAll(async () => {
      harness = await openHarness(underTest, clock);
      door = underTest.create(harness.store);
      relay = harness.relay(door.subscribers);
      performer = new RequestPerformer({
        requests: harness.store.requests,
        executors: door.executors,
        reportError: failOn,
        retry: AT_ONCE,
      });
    });
    afterAll(() => harness.close());
    suite(() => openTenant(harness, { context: door, relay, performer, clock }));
  });
}

interface Workplace<Scope, Door> {
  readonly context: Door;
  readonly relay: Relay;
  readonly performer: RequestPerformer<Scope>;
  readonly clock: TestClock;
}

function openTenant<Scope, Door>(
  harness: Harness<Scope>,
  { context, relay, performer, clock }: Workplace<Scope, Door>,
): TestContext<Door> {
  const tenantId = TenantId.parse(`t-${randomUUID()}`);
  let seen = 0;
  const as: TestContext<Door>['as'] = (work, more) =>
    runAs(beginExecution({ tenantId, actor: 'test', source: 'test', ...more }), work);
  const givenAtOnce: TestContext<Door>['givenAtOnce'] = async (...events) => {
    await as(() => harness.append(events.flatMap((event) => [event, event])), { source: 'given' });
    await relay.relayOnce();
    expect(harness.problems).toEqual([]);
  };
  const given: TestContext<Door>['given'] = async (...events) => {
    for (const event of events) await givenAtOnce(event);
  };
  const published: TestContext<Door>['published'] = async () => {
    const own = (await harness.factsOf(tenantId)).filter(({ source }) => source !== 'given');
    const fresh = own.slice(seen);
    seen = own.length;
    return fresh.map((event) => [event.type, codec.decode(event).data]);
  };
  const performRequests = async () => {
    do await performer.performDue();
    while (await performer.settle());
  };
  return { context, clock, as, given, givenAtOnce, published, performRequests };
}

/** A failed request is tried again without a pause. */
const AT_ONCE = { first: 0, longest: 0 };

const ignore = () => undefined;

async function openInMemory<Scope, Door>(
  underTest: ContextUnderTest<Scope, Door>,
  clock: Clock,
): Promise<Harness<Scope>> {
  const log = new InMemoryLog();
  const store = new InMemoryStore(underTest.inMemory, log, clock);
  const problems: unknown[] = [];
  return {
    store,
    problems,
    relay: (subscribers) =>
      new Relay({
        source: log,
        readBehind: (types, after, through) => log.readBehind(types, after, through),
        bus: createBus(typesOfAll, failOn),
        codec,
        stations: [createStation(store, subscribers)],
        observer: { parked: (report) => void problems.push(report) },
      }),
    append: async (events) => log.append(events.map((event) => draftOf(event, clock.now()))),
    factsOf: async (tenantId) => log.all().filter((event) => event.tenantId === tenantId),
    close: async () => undefined,
  };
}

async function openOnPostgres<Scope, Door>(
  underTest: ContextUnderTest<Scope, Door>,
  clock: Clock,
): Promise<Harness<Scope>> {
  const { context } = underTest.mikroOrm;
  const database = await createDatabase([logHistory, contextHistory(context, underTest.migrations)]);
  const pool = createPool(database.address, { largest: 8, reportError: ignore });
  const store = await PostgresStore.open(underTest.mikroOrm, { pool, clock, onAppended: ignore });
  const source = new PostgresLogSource(database.address, {
    reportError: ignore,
    onNotice: ignore,
    memberName: createMemberName(),
  });
  const problems: unknown[] = [];
  return {
    store,
    problems,
    relay: (subscribers) =>
      new Relay({
        source,
        readBehind: createReadBehind(pool),
        bus: createBus(typesOfAll, failOn),
        codec,
        stations: [createStation(store, subscribers)],
        observer: { parked: (report) => void problems.push(report) },
      }),
    append: async (events) =>
      void (await send(pool, appendStatement(events.map((event) => draftOf(event, clock.now()))))),
    factsOf: async (tenantId) => {
      const { rows } = await pool.query<FactRow>(
        `select position::int, recorded_at, ${FACT_COLUMNS.replace('data', 'data::text')}
           from messaging.log where tenant_id = $1 order by log.position`,
        [tenantId],
      );
      return rows.map(toRecordedEvent);
    },
    close: async () => {
      await source.close();
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

const typesOfAll = publishedLanguage.map(({ type }) => type);

function failOn(problem: unknown): never {
  throw new Error('the relay reported a problem', { cause: problem });
}
