import { setTimeout as sleep } from 'node:timers/promises';
import { uuidV7 } from '#shared-kernel/uuid';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Contender, Post } from './contenders/contender.ts';
import { type Cost, startMeter } from './measure/meter.ts';
import { countEffects } from './work/audit.ts';
import { onDatabase } from './work/connection.ts';
import { makeOrder, makeOrders } from './work/order.ts';
import { EFFECTS } from './work/tables.ts';

/** Where a contender works. */
export interface Place {
  readonly address: DatabaseAddress;
  /** The server's first process. */
  readonly postmaster: number;
}

const CHUNK = 500;

/** Places orders, many a transaction, with nobody delivering. */
export async function fill(contender: Contender, { address }: Place, count: number): Promise<void> {
  const post = await contender.open(address, { producers: 1, heard: ignore, reportError });
  for (let at = 0; at < count; at += CHUNK) await post.place(makeOrders(Math.min(CHUNK, count - at), at));
  await post.close();
}

/** A backlog, and how many orders are delivered before it: a server that has run for a while is no longer being compiled. */
export interface Backlog {
  readonly warmUp: number;
  readonly orders: number;
  /** Another process has placed them: where it is the memory of the delivery that counts. */
  readonly isPlaced?: true;
  /** Milliseconds in which nothing moves until it is given up. */
  readonly patience: number;
}

/** Places a backlog and delivers it; says what the delivery has cost. */
export async function drain(contender: Contender, place: Place, backlog: Backlog): Promise<Cost> {
  const { warmUp, orders, isPlaced, patience } = backlog;
  if (warmUp > 0) {
    await fill(contender, place, warmUp);
    await deliver(contender, place, new Watch(place.address, warmUp * EFFECTS.length, patience));
  }
  if (!isPlaced) await fill(contender, place, orders);
  return deliver(
    contender,
    place,
    new Watch(place.address, orders * EFFECTS.length, patience, warmUp * EFFECTS.length),
  );
}

async function deliver(contender: Contender, place: Place, watch: Watch): Promise<Cost> {
  const { address, postmaster } = place;
  await settle(place);
  const post = await contender.open(address, { producers: 1, heard: watch.heard, reportError });
  const readCost = await startMeter(address, postmaster);
  await post.startDelivery();
  await watch.untilDone();
  const cost = await readCost();
  await post.close();
  return cost;
}

export interface Service {
  readonly until: Promise<unknown>;
  readonly onServing: () => void;
}

/** Delivers for as long as it is wanted; says what that has cost. */
export async function serve(
  contender: Contender,
  { address, postmaster }: Place,
  { until, onServing }: Service,
): Promise<Cost> {
  const post = await contender.open(address, { producers: 1, heard: ignore, reportError });
  const readCost = await startMeter(address, postmaster);
  await post.startDelivery();
  onServing();
  await until;
  const cost = await readCost();
  await post.close();
  return cost;
}

export interface Selling {
  readonly producers: number;
  readonly milliseconds: number;
  readonly withFacts: boolean;
}

/** Places orders one by one, as fast as so many producers can; returns how many, a second. */
export async function sell(contender: Contender, { address }: Place, selling: Selling): Promise<Sales> {
  const { producers, milliseconds, withFacts } = selling;
  const post = await contender.open(address, { producers, heard: ignore, reportError });
  await sellFor(post, { ...selling, milliseconds: Math.min(milliseconds, WARM_UP) });
  const after = uuidV7();
  const began = performance.now();
  const orders = await sellFor(post, { producers, milliseconds, withFacts });
  const seconds = (performance.now() - began) / 1000;
  await post.close();
  return { ordersPerSecond: orders / seconds, after };
}

/** What was sold when everything was warm. */
export interface Sales {
  readonly ordersPerSecond: number;
  /** Ids of orders that were sold before are below this one. */
  readonly after: string;
}

/** Milliseconds; long enough for connections, prepared statements and the compiler. */
const WARM_UP = 1_500;

async function sellFor(post: Post, { producers, milliseconds, withFacts }: Selling): Promise<number> {
  const end = performance.now() + milliseconds;
  let placed = 0;
  const produce = async () => {
    while (performance.now() < end) {
      placed += 1;
      const order = makeOrder(placed);
      await (withFacts ? post.place([order]) : post.placeSilently(order));
    }
  };
  await Promise.all(Array.from({ length: producers }, produce));
  return placed;
}

const WARM_UP_ORDERS = 100;
/** Milliseconds between two orders: short enough to measure many, long enough to find everything idle. */
const PAUSE = { shortest: 5, span: 15 };

/** Places orders one by one with pauses, in the process that delivers; returns the last order that does not count. */
export async function trickle(contender: Contender, { address }: Place, count: number): Promise<{ after: string }> {
  const watch = new Watch(address, (WARM_UP_ORDERS + count) * EFFECTS.length, 5_000);
  const post = await contender.open(address, { producers: 1, heard: watch.heard, reportError });
  await post.startDelivery();
  let after = '';
  for (const [at, order] of makeOrders(WARM_UP_ORDERS + count).entries()) {
    if (at === WARM_UP_ORDERS - 1) after = order.orderId;
    await post.place([order]);
    await sleep(PAUSE.shortest + ((at * 7) % PAUSE.span));
  }
  await watch.untilDone();
  await post.close();
  return { after };
}

/** Milliseconds. */
const LOOK_EVERY = 5;

/** Waits for effects without disturbing: it counts rows only once all handlers were heard, or nothing is heard any more. */
class Watch {
  readonly #address: DatabaseAddress;
  readonly #expected: number;
  readonly #patience: number;
  /** Effects of before, which are not waited for. */
  readonly #before: number;
  #effects = 0;
  #movedAt = 0;

  constructor(address: DatabaseAddress, expected: number, patience: number, before = 0) {
    this.#address = address;
    this.#expected = expected;
    this.#patience = patience;
    this.#before = before;
  }

  readonly heard = (effects: number): void => {
    this.#effects += effects;
    this.#movedAt = performance.now();
  };

  async untilDone(): Promise<void> {
    this.#movedAt = performance.now();
    while (this.#effects < this.#expected && !this.#isStuck) await sleep(LOOK_EVERY);
    const all = this.#before + this.#expected;
    while ((await countEffects(this.#address)) < all && !this.#isStuck) await sleep(LOOK_EVERY);
  }

  get #isStuck(): boolean {
    return performance.now() - this.#movedAt > this.#patience;
  }
}

/** Leaves the server nothing to write behind, so that no checkpoint falls into what is measured. */
const settle = ({ address }: Place): Promise<unknown> =>
  onDatabase(address, async (client) => {
    await client.query('vacuum analyze');
    await client.query('checkpoint');
  });

const ignore = () => undefined;

const MOST_REPORTED = 3;
let reported = 0;

/** The audit tells what came of it; here, why. */
function reportError(error: unknown): void {
  reported += 1;
  if (reported <= MOST_REPORTED) process.emitWarning(error instanceof Error ? error : String(error));
}
