import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../proofs/support/chance.ts';
import { query } from '../proofs/support/ground.ts';
import { readEvidence } from './evidence.ts';
import type { Struck } from './faults/backends.ts';
import type { Ground } from './ground/ground.ts';
import { type Line, openLine } from './ground/line.ts';
import type { Edition, PoisonKind } from './office/events.ts';
import { subscribers } from './office/subscribers.ts';
import { Crew } from './staff/crew.ts';
import { type ProducerOrder, type Saying, type WorkerOrder } from './staff/orders.ts';
import type { Evidence } from './verdict.ts';

/** Who is at work in a scenario. */
export interface Staffing {
  readonly workers: number;
  readonly producers?: number;
  /** Milliseconds between two commands of a client, on average. */
  readonly pause?: number;
  readonly poisons?: readonly PoisonKind[];
  readonly edition?: Edition;
  /** By how much each worker's clock is wrong, milliseconds. */
  readonly clockOffsets?: readonly number[];
}

export type Producing = Pick<Staffing, 'pause' | 'poisons' | 'edition'> & { readonly clients?: number };

/** A process and its own line to the database. */
export interface Post {
  readonly crew: Crew<WorkerOrder>;
  readonly line: Line;
}

export interface ProducerPost extends Post {
  /** As wished. */
  readonly pause: number;
}

const CLIENTS = 3;
const PAUSE = 90;
const STARTED_AGAIN_AFTER = 100;
const LOOK_EVERY = 50;
/** Looking must not become the load: so many times as long as a look took nobody looks again. */
const LOOK_SHARE = 5;
/** Milliseconds without any progress after which what has not happened is taken never to happen. */
const PATIENCE = 30_000;
/** Milliseconds for which anything is waited for at all. */
const LONGEST_WAIT = 180_000;
/** Milliseconds in which a machine that carries the load has handled it when nothing goes wrong. */
const CALM = 500;
const CALM_LOOK = 1_000;
/** How much slower than wished commands may come. */
const SLOWEST = 16;

/** Processes at work on a ground, and everything they say. */
export class Stage implements AsyncDisposable {
  readonly chance: Chance;
  readonly workers: Post[] = [];
  readonly producers: ProducerPost[] = [];
  readonly acknowledged: string[] = [];
  /** Ends that nobody asked for, by exit code or signal. */
  readonly ends: (number | NodeJS.Signals)[] = [];
  /** Why lanes have stopped by themselves, for each process that found out. */
  readonly stops: string[] = [];
  /** How long each recovery took, milliseconds. */
  readonly recoveries: number[] = [];
  /** What connections that were struck were at. */
  readonly struck: Struck[] = [];
  unanswered = 0;
  /** Milliseconds until everything was handled when nothing had gone wrong yet. */
  calm = 0;
  /** How much slower than wished commands come. */
  slowness = 1;
  #ground: Ground;
  #isOver = false;
  #settledThrough = 0;

  private constructor(ground: Ground, chance: Chance) {
    this.#ground = ground;
    this.chance = chance;
  }

  static async open(ground: Ground, chance: Chance, staffing: Staffing): Promise<Stage> {
    const { workers, producers = 1, edition = 'old', clockOffsets = [] } = staffing;
    const stage = new Stage(ground, chance);
    const offsets = Array.from({ length: workers }, (_, at) => clockOffsets[at] ?? 0);
    for (const clockOffset of offsets) await stage.addWorker({ edition, clockOffset });
    for (let at = 0; at < producers; at += 1) await stage.addProducer(staffing);
    await Promise.all([...stage.workers, ...stage.producers].map(({ crew }) => crew.start()));
    await stage.#findItsPace();
    return stage;
  }

  get ground(): Ground {
    return this.#ground;
  }

  /** From now on what counts is there. */
  moveTo(ground: Ground): void {
    this.#ground = ground;
    this.#settledThrough = 0;
  }

  get posts(): readonly Post[] {
    return [...this.workers, ...this.producers];
  }

  /**
   * Milliseconds until everything that is in the log now is handled, by everybody; infinite when it is not. A poison and
   * what waits behind it is handled once it is parked.
   */
  async recover(): Promise<number> {
    const took = await this.#untilHandled();
    this.recoveries.push(took);
    return took;
  }

  /** Nobody sends commands any more, and everything that can still happen has happened. */
  async quieten(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.producers.map(({ crew }) => crew.stop()));
    while (Number.isFinite(await this.#untilHandled()) && (await this.#areMoreToCome()));
  }

  evidence(): Promise<Evidence> {
    return readEvidence(this.ground.admin, this.acknowledged);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.posts.map(({ crew }) => crew.kill()));
    await Promise.all(this.posts.map(({ line }) => line[Symbol.asyncDispose]()));
  }

  /** Commands come as fast as this machine carries them in calm: otherwise its slowness is measured, not what goes wrong. */
  async #findItsPace(): Promise<void> {
    await this.#untilHandled();
    for (;;) {
      await sleep(CALM_LOOK);
      this.calm = await this.#untilHandled();
      if (this.calm <= CALM || this.slowness >= SLOWEST) return;
      this.slowness *= 2;
      for (const { crew, pause } of this.producers) crew.tell({ pause: pause * this.slowness });
    }
  }

  async #untilHandled(): Promise<number> {
    const began = performance.now();
    const end = await this.#end();
    let fewest = Number.POSITIVE_INFINITY;
    for (let progressed = began; performance.now() - began < LONGEST_WAIT;) {
      const asked = performance.now();
      const [pending] = await this.#ask<{ count: number }>(PENDING, [this.#settledThrough, end]);
      const now = performance.now();
      if (pending?.count === 0) {
        this.#settledThrough = end;
        return now - began;
      }
      if (pending && pending.count < fewest) [fewest, progressed] = [pending.count, now];
      if (now - progressed > PATIENCE) break;
      await sleep(Math.max(LOOK_EVERY, LOOK_SHARE * (now - asked)));
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Echoes of what was handled last are events, too, and so are due facts. */
  async #areMoreToCome(): Promise<boolean> {
    const [scheduled] = await this.#ask<{ count: number }>('select count(*)::int as count from chaos.scheduled');
    return scheduled?.count !== 0 || (await this.#end()) > this.#settledThrough;
  }

  async #end(): Promise<number> {
    const text = 'select coalesce(max(position), 0)::int as position from messaging.log';
    for (const deadline = performance.now() + PATIENCE; performance.now() < deadline; await sleep(LOOK_EVERY)) {
      const [end] = await this.#ask<{ position: number }>(text);
      if (end) return end.position;
    }
    throw new Error('PostgreSQL did not answer any more');
  }

  /** One more relay process, which is not started yet. */
  async addWorker(as: Pick<WorkerOrder, 'edition' | 'clockOffset'>): Promise<Post> {
    const line = await openLine(this.ground.database);
    const crew: Crew<WorkerOrder> = new Crew({
      program: 'worker',
      order: () => ({ database: line.address, ...as }),
      hear: (saying) => this.#hear(saying),
      onEnd: (code) => void this.#startAgain(crew, code),
    });
    const post = { crew, line };
    this.workers.push(post);
    return post;
  }

  async addProducer({
    poisons = [],
    pause = PAUSE,
    clients = CLIENTS,
    edition = 'old',
  }: Producing): Promise<ProducerPost> {
    const name = `producer-${this.producers.length}`;
    const line = await openLine(this.ground.database);
    const next = Array<number>(clients).fill(0);
    const seed = this.chance.below(1_000_000);
    let incarnation = 0;
    const order = (): ProducerOrder => {
      incarnation += 1;
      const own = { pause: pause * this.slowness, poisons };
      return { database: line.address, clockOffset: 0, edition, name, seed, next, incarnation, ...own };
    };
    const hear = (saying: Saying) => {
      if (saying.is === 'acknowledged') next[saying.client] = saying.number + 1;
      this.#hear(saying);
    };
    const onEnd = (code: number | NodeJS.Signals) => void this.#startAgain(crew, code);
    const crew: Crew<WorkerOrder> = new Crew<ProducerOrder>({ program: 'producer', order, hear, onEnd });
    const post = { crew, line, pause };
    this.producers.push(post);
    return post;
  }

  #hear(saying: Saying): void {
    if (saying.is === 'acknowledged') this.acknowledged.push(saying.command);
    if (saying.is === 'unanswered') this.unanswered += 1;
    if (saying.is === 'stopped') this.stops.push(saying.why);
  }

  async #startAgain(crew: Crew<WorkerOrder>, code: number | NodeJS.Signals): Promise<void> {
    this.ends.push(code);
    await sleep(STARTED_AGAIN_AFTER);
    if (!this.#isOver) await crew.start();
  }

  /** Nothing where nobody answers: what is asked is asked again. */
  #ask<Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return query<Row>(this.ground.admin, text, values).catch(() => []);
  }
}

const WANTED = subscribers.flatMap(({ name, types }) => types.map((type) => `('${name}', '${type}')`)).join(', ');

/** Accounts that carry a poison are named otherwise than all others. */
const PENDING = `
  select count(*)::int as count from messaging.log l join (values ${WANTED}) wanted (subscriber, type) using (type)
   where l.position > $1 and l.position <= $2
     and not exists (select from chaos.effects e where e.event_id = l.id and e.subscriber = wanted.subscriber)
     and not (l.key not like 'account %' and exists (
       select from chaos.parked p join chaos.lane on lane.id = p.lane_id
        where p.id = l.id and wanted.subscriber = any(lane.names)))`;
