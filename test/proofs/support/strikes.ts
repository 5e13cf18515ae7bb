import { setTimeout as sleep } from 'node:timers/promises';
import { type Chance, chanceOf } from './chance.ts';
import type { ProofGround } from './ground.ts';
import type { ServerProcess } from './server-process.ts';

export type Victim = 'server' | 'postgres';

/** When somebody pulls a plug, decided by the seed: so many orders in, and a little later. */
export interface Strike {
  readonly victim: Victim;
  readonly afterOrders: number;
  /** Which of several servers, from 0 to 1. */
  readonly luck: number;
  /** Milliseconds. */
  readonly delay: number;
}

/** What a strike came to, by this machine's clock. */
export interface Recovery {
  readonly victim: Victim;
  readonly struckAt: Date;
  /** Milliseconds until the first call was answered again. */
  readonly answeredAfter: number;
}

const LONGEST_DELAY = 60;
const LOOK_EVERY = 10;

/** Strikes spread over a run, no two of them at once. */
export function planStrikes(
  seed: number,
  orders: number,
  victims: Readonly<Record<Victim, number>>,
): readonly Strike[] {
  const chance = chanceOf(seed + 1);
  const kinds = shuffled(
    Object.entries(victims).flatMap(([victim, times]) => Array<Victim>(times).fill(victim as Victim)),
    chance,
  );
  const moments = kinds.map(() => 1 + chance.below(orders)).toSorted((a, b) => a - b);
  return kinds.map((victim, at) => ({
    victim,
    afterOrders: moments[at]!,
    luck: chance.next(),
    delay: chance.below(LONGEST_DELAY),
  }));
}

/** Whoever pulls the plugs, one after the other, and puts them in again. */
export class Striker {
  readonly #left: Strike[];
  readonly #ground: ProofGround;
  readonly #servers: readonly ServerProcess[];
  readonly #recoveries: Recovery[] = [];
  #striking: Promise<void> = Promise.resolve();

  constructor(strikes: readonly Strike[], ground: ProofGround, servers: readonly ServerProcess[]) {
    this.#left = [...strikes];
    this.#ground = ground;
    this.#servers = servers;
  }

  /** So many orders are acknowledged now. */
  readonly onPlaced = (placed: number): void => {
    for (let next = this.#left[0]; next && placed >= next.afterOrders; next = this.#left[0]) {
      const strike = this.#left.shift()!;
      this.#striking = this.#striking.then(() => this.#strike(strike));
    }
  };

  /** Resolves when every strike that was due is over. */
  async recoveries(): Promise<readonly Recovery[]> {
    await this.#striking;
    return this.#recoveries;
  }

  async #strike({ victim, luck, delay }: Strike): Promise<void> {
    await sleep(delay);
    const struckAt = new Date();
    const server = this.#servers[Math.floor(luck * this.#servers.length)]!;
    await (victim === 'server' ? restart(server) : this.#ground.killPostgres!());
    const struck = victim === 'server' ? [server] : this.#servers;
    for (const each of struck) while (!(await isAnswering(each))) await sleep(LOOK_EVERY);
    this.#recoveries.push({ victim, struckAt, answeredAfter: Date.now() - struckAt.getTime() });
  }
}

async function restart(server: ServerProcess): Promise<void> {
  await server.kill();
  await server.start();
}

/** Whether it can do what needs the database. */
async function isAnswering({ url }: ServerProcess): Promise<boolean> {
  const answer = await fetch(`${url}/api/checkout/orders?limit=1`).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.status === 200;
}

const shuffled = <Item>(items: readonly Item[], chance: Chance): Item[] =>
  items
    .map((item) => ({ item, luck: chance.next() }))
    .toSorted((a, b) => a.luck - b.luck)
    .map(({ item }) => item);
