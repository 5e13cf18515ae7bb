import { codec, publishedLanguage } from '#events/registry';
import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { InMemoryLog } from '#events/messaging/adapters/in-memory/log';
import { InMemoryStore } from '#events/messaging/adapters/in-memory/store';
import { appendStatement } from '#events/messaging/adapters/postgresql/log/log-statements';
import { PostgresLogSource } from '#events/messaging/adapters/postgresql/log/log-source';
import { createMemberName } from '#events/messaging/adapters/postgresql/relay/members';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { createReadBehind } from '#events/messaging/adapters/postgresql/log/read-behind';
import { send } from '#events/messaging/adapters/postgresql/transactions/statement';
import { PostgresStore } from '#events/messaging/adapters/postgresql/store';
import { beginExecution, runAs } from '#events/messaging/units/execution';
import type { LaneSettings } from '#events/messaging/lanes/lane-settings';
import type { Observer } from '#events/messaging/watching/observer';
import { draftOf } from '#events/messaging/units/outbox';
import { Relay } from '#events/messaging/relay/relay';
import { createStation } from '#events/messaging/relay/station';
import type { ContextStore, NewEvent } from '#events/messaging';
import { createFulfillment, type FulfillmentScope } from '#contexts/fulfillment';
import { fulfillmentInMemory } from '#contexts/fulfillment/in-memory';
import { fulfillmentOnMikroOrm } from '#contexts/fulfillment/mikro-orm';
import { type Clock, systemClock } from '#shared-kernel/clock';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';
import type { TestDatabase } from '../../support/database.ts';

/** Fulfillment as it runs in one process. */
export interface Office {
  readonly context: ReturnType<typeof createFulfillment>;
  readonly store: Pick<ContextStore<FulfillmentScope>, 'schedule'>;
  readonly relay: Relay;
  /** Records facts of other contexts, all at once. */
  readonly record: (...events: readonly NewEvent[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface OfficeOptions {
  readonly settings?: Partial<LaneSettings>;
  readonly observer?: Observer;
}

export const asUser = <Result>(work: () => Result): Result =>
  runAs(beginExecution({ tenantId: DEFAULT_TENANT, actor: 'test', source: 'test' }), work);

const bus = () => createBus(typesOfAll, fail);
const typesOfAll = publishedLanguage.map(({ type }) => type);
const draftsOf = (events: readonly NewEvent[]) => asUser(() => events.map((event) => draftOf(event, new Date())));
const ignore = () => undefined;

function fail(problem: unknown): never {
  throw new Error('the relay reported a problem', { cause: problem });
}

export function openInMemory(clock: Clock = systemClock): Office {
  const log = new InMemoryLog();
  const store = new InMemoryStore(fulfillmentInMemory, log, clock);
  const context = createFulfillment(store);
  const relay = new Relay({
    source: log,
    readBehind: (types, after, through) => log.readBehind(types, after, through),
    bus: bus(),
    codec,
    stations: [createStation(store, context.subscribers)],
    observer: { parked: fail },
  });
  return {
    context,
    store,
    relay,
    record: async (...events) => log.append(draftsOf(events)),
    close: async () => undefined,
  };
}

/** One of perhaps several processes on one database. */
export async function openProcess({ address }: TestDatabase, options: OfficeOptions = {}): Promise<Office> {
  const pool = createPool(address, { largest: 8, reportError: ignore });
  const store = await PostgresStore.open(fulfillmentOnMikroOrm, { pool, clock: systemClock, onAppended: ignore });
  const source = new PostgresLogSource(address, {
    reportError: ignore,
    onNotice: ignore,
    memberName: createMemberName(),
  });
  const context = createFulfillment(store);
  const relay = new Relay({
    source,
    readBehind: createReadBehind(pool),
    bus: bus(),
    codec,
    stations: [createStation(store, context.subscribers)],
    ...options,
  });
  return {
    context,
    store,
    relay,
    record: async (...events) => void (await send(pool, appendStatement(draftsOf(events)))),
    close: async () => {
      await source.close();
      await pool.end();
    },
  };
}
