import { setTimeout as sleep } from 'node:timers/promises';
import type { Backbone } from '#app/persistence/backbone';
import { contextHistory, logHistory, migrate } from '#app/persistence/migrate';
import { createPostgresBackbone } from '#app/persistence/postgres-backbone';
import type { ContextStore, Subscriber } from '#events/messaging';
import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { EventCodec } from '#events/messaging/facts/codec';
import type { NewEvent } from '#events/messaging/facts/event';
import { beginExecution, runAs } from '#events/messaging/units/execution';
import { createStation } from '#events/messaging/relay/station';
import { preparePartitions } from '#events/messaging/adapters/postgresql/log/partitions';
import { createPool, type DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { systemClock } from '#shared-kernel/clock';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';
import type { Order } from '../work/order.ts';
import { onDatabase } from '../work/connection.ts';
import { EFFECTS, SCHEMA } from '../work/tables.ts';
import { benchDoors, type BenchScope } from '../microlith/context.ts';
import { OrderDoubted, OrderPlaced } from '../microlith/order-placed.ts';
import { allAtOnce, crowd, oneByOne } from '../microlith/subscribers.ts';
import type { Contender, Post, PostOptions } from './contender.ts';

const codec = new EventCodec([OrderPlaced, OrderDoubted]);

/** About one in 1,500, by its total alone. */
const isDoubtful = ({ total }: Order): boolean => total % 1_500 === 8;

type Subscribe = (heard: PostOptions['heard']) => readonly Subscriber<BenchScope>[];
type Store = Pick<ContextStore<BenchScope>, 'unitOfWork'>;

/** This project, as its own contexts use it. */
const microlithWith = (subscribe: Subscribe): Contender => ({
  prepare: async (address, oldFacts) => {
    await migrate(address, [logHistory, contextHistory(SCHEMA, benchDoors.migrations)]);
    await insertOldFacts(address, oldFacts);
    await enlist(address, subscribe);
  },
  open: (address, options) => open(address, subscribe, options),
});

export const microlith = microlithWith(oneByOne);
export const microlithSetBased = microlithWith(allAtOnce);
/** Beside the three, many subscribers that hardly ever hear anything. */
export const microlithCrowd = microlithWith(crowd);

async function open(
  address: DatabaseAddress,
  subscribe: Subscribe,
  { producers, heard, reportError }: PostOptions,
): Promise<Post> {
  const poolSize = producers + EFFECTS.length + 2;
  const backbone = createPostgresBackbone(address, { poolSize, clock: systemClock, reportError });
  const store = await backbone.open(benchDoors);
  const relay = backbone.createRelay({
    bus: createBus(codec.types, reportError),
    codec,
    stations: [createStation(store, subscribe(heard))],
    observer: { failed: ({ error }) => reportError(error), parked: ({ error }) => reportError(error) },
  });
  await connect(backbone);
  const closed = new AbortController();
  const running: Promise<unknown>[] = [backbone.tend(closed.signal)];
  return {
    place: (orders) => placeOrders(store, orders, true),
    placeSilently: (order) => placeOrders(store, [order], false),
    startDelivery: async () => {
      running.push(relay.run(closed.signal));
      while (!backbone.isListening()) await sleep(1);
    },
    close: async () => {
      closed.abort();
      await Promise.all(running);
      await backbone.close();
    },
  };
}

/** As everybody else is before delivery begins: a connection for each lane. */
const connect = (backbone: Backbone): Promise<unknown> => Promise.all(EFFECTS.map(() => backbone.findEnd()));

const placeOrders = ({ unitOfWork }: Store, orders: readonly Order[], withFacts: boolean): Promise<void> =>
  runAs(beginExecution({ tenantId: DEFAULT_TENANT, actor: 'bench', source: 'bench.placeOrder' }), () =>
    unitOfWork(async (scope) => {
      for (const order of orders) scope.orders.save(order);
      if (withFacts) for (const fact of orders.flatMap(factsOf)) scope.publish(fact);
    }),
  );

function factsOf(order: Order): readonly NewEvent[] {
  const placed = OrderPlaced(order as OrderPlaced['data']);
  return isDoubtful(order) ? [placed, OrderDoubted({ orderId: placed.data.orderId })] : [placed];
}

/** The lanes begin after what is there. */
async function enlist(address: DatabaseAddress, subscribe: Subscribe): Promise<void> {
  const reportError = (error: unknown) => {
    throw error;
  };
  const backbone = createPostgresBackbone(address, { poolSize: 2, clock: systemClock, reportError });
  const store = await backbone.open(benchDoors);
  const stations = [
    createStation(
      store,
      subscribe(() => undefined),
    ),
  ];
  await backbone.createRelay({ bus: createBus(codec.types, reportError), codec, stations }).relayOnce();
  await backbone.close();
}

/** As a server finds it that has run for long: with its partitions made. */
async function insertOldFacts(address: DatabaseAddress, count: number): Promise<void> {
  const pool = createPool(address, { largest: 1, reportError: () => undefined });
  await preparePartitions(pool);
  await pool.end();
  await onDatabase(address, (client) =>
    client.query(`
      insert into messaging.log (id, type, version, tenant_id, key, data, occurred_at, correlation_id, causation_id, actor, source)
      select uuidv7(), '${OrderPlaced.type}', 1, '${DEFAULT_TENANT}', number::text, json_build_object('note', repeat('x', 480)),
             now(), uuidv7(), uuidv7(), 'bench', 'bench' from generate_series(1, ${count}) number`),
  );
}
