import type { Sales } from './jobs.ts';
import { lag, lastEffectAt, leftOver, ordersAfter } from './measure/commits.ts';
import type { Cost } from './measure/meter.ts';
import { audit, countEffects } from './work/audit.ts';
import { ask } from './work/connection.ts';
import { EFFECTS, SCHEMA } from './work/tables.ts';
import type { Run } from './post-office.ts';
import { Disqualified, type Figures } from './scenario.ts';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds without a single effect: nothing will come any more. */
const PATIENCE = 10_000;
const PRODUCERS = 8;
/** Before a backlog a third as many orders are delivered and not counted. */
const WARM_UP_SHARE = 3;

/** A backlog is delivered: how fast, at what cost for each event. */
export async function measureDrain({ place, events, perform }: Run): Promise<Figures> {
  const warmUp = Math.ceil(events / WARM_UP_SHARE);
  const cost = await perform<Cost>({ kind: 'drain', warmUp, orders: events, patience: PATIENCE });
  await assertExact(place.address, warmUp + events);
  const seconds = (await lastEffectAt(place.address)) - cost.beganAt;
  return { eventsPerSecond: events / seconds, ...costPerEvent(cost, events) };
}

/** The same for a backlog that is large: what counts is how much memory it takes. */
export async function measureMemory({ place, events, perform }: Run): Promise<Figures> {
  await perform({ kind: 'fill', orders: events });
  const cost = await perform<Cost>({ kind: 'drain', warmUp: 0, orders: events, isPlaced: true, patience: PATIENCE });
  await assertExact(place.address, events);
  const seconds = (await lastEffectAt(place.address)) - cost.beganAt;
  return {
    eventsPerSecond: events / seconds,
    ...costPerEvent(cost, events),
    memoryMegabytes: cost.mostMemory / 2 ** 20,
  };
}

/** Producers place orders as fast as they can, from a process of their own, while another delivers; measured once both are warm. */
export async function measureSustained({ place: { address }, events, perform, during }: Run): Promise<Figures> {
  const selling = { kind: 'sell', producers: PRODUCERS, milliseconds: events, withFacts: true } as const;
  let after = '';
  const cost = await during<Cost>({ kind: 'serve' }, async () => {
    ({ after } = await perform<Sales>(selling));
    await untilStill(address);
  });
  const all = await countOrders(address);
  await assertExact(address, all);
  const { orders, firstAt } = await ordersAfter(address, after);
  return {
    eventsPerSecond: orders / ((await lastEffectAt(address)) - firstAt),
    leftOver: await leftOver(address),
    ...(await lag(address, 'last', after)),
    ...costPerEvent(cost, all),
  };
}

/** One order now and then, in the process that delivers: from its commit to that of its first effect. */
export async function measureLatency({ place: { address }, events, perform }: Run): Promise<Figures> {
  const { after } = await perform<{ after: string }>({ kind: 'trickle', orders: events });
  await assertExact(address, await countOrders(address));
  return lag(address, 'first', after);
}

/**
 * What it costs the publisher: orders with their fact, and orders without, by turns: a machine that slows down, and tables that
 * grow, are then nobody's advantage.
 */
export async function measureWriting({ events, perform }: Run): Promise<Figures> {
  const selling = { kind: 'sell', producers: PRODUCERS, milliseconds: events } as const;
  const rates = { with: [] as number[], without: [] as number[] };
  for (const kind of ['without', 'with', 'with', 'without'] as const) {
    const { ordersPerSecond } = await perform<Sales>({ ...selling, withFacts: kind === 'with' });
    rates[kind].push(ordersPerSecond);
  }
  const [ordersPerSecond, withoutFactsPerSecond] = [mean(rates.with), mean(rates.without)];
  return {
    ordersPerSecond,
    withoutFactsPerSecond,
    speedKept: ordersPerSecond / withoutFactsPerSecond,
    factMicros: 1e6 / ordersPerSecond - 1e6 / withoutFactsPerSecond,
  };
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

async function assertExact(address: Run['place']['address'], orders: number): Promise<void> {
  const { faults } = await audit(address, orders);
  if (faults.length > 0) throw new Disqualified(faults);
}

async function countOrders(address: Run['place']['address']): Promise<number> {
  const [row] = await ask<{ orders: number }>(address, `select count(*)::int as orders from ${SCHEMA}.orders`);
  return row!.orders;
}

/** Until every order has all its effects, or none has come for as long as patience lasts. */
async function untilStill(address: Run['place']['address']): Promise<void> {
  const expected = (await countOrders(address)) * EFFECTS.length;
  let [seen, movedAt] = [0, performance.now()];
  while (seen < expected && performance.now() - movedAt < PATIENCE) {
    await sleep(50);
    const effects = await countEffects(address);
    if (effects > seen) [seen, movedAt] = [effects, performance.now()];
  }
}

const costPerEvent = ({ postgresMicros, nodeMicros, walBytes }: Cost, events: number) => ({
  postgresMicros: postgresMicros / events,
  nodeMicros: nodeMicros / events,
  walBytes: walBytes / events,
});
