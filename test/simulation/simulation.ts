import { PromiseBroken } from './checks/promise-broken.ts';
import { findLeftovers, isDrained } from './checks/drained.ts';
import { Scene, type SceneChoices } from './scene.ts';
import { Storm } from './storm.ts';

/** Virtual milliseconds. */
const PATIENCE = 120_000;
const MEMBERS_SETTLE = 7_000;
const IDLE = 1_000;
const CLOSES_WITHIN = 5_000;
/** Steps that a process without work may take in a virtual second. */
const IDLE_STEPS = 120;

/** What a run came to. */
export interface Figures {
  readonly steps: number;
  readonly virtualMs: number;
  readonly facts: number;
}

/** One run of the real post office in a world where everything goes wrong for a while. */
export class Simulation {
  readonly #scene: Scene;

  constructor(seed: number, choices: SceneChoices) {
    this.#scene = new Scene(seed, choices);
  }

  get figures(): Figures {
    const { world, server } = this.#scene;
    return { steps: world.steps, virtualMs: world.now, facts: server.log.rows.length };
  }

  /** @throws {PromiseBroken} */
  async run(): Promise<void> {
    await this.#weatherTheStorm();
    await this.#recover();
    this.#scene.fleet.thawAll();
    await this.#drain();
    if (this.#scene.plan.sharesLanes) await this.#shareLanes();
    await this.#idle();
    await this.#close();
    this.#scene.customers.check(this.#scene.books);
  }

  async #weatherTheStorm(): Promise<void> {
    const { fleet, customers, carrier, plan } = this.#scene;
    const storm = new Storm(this.#scene);
    fleet.bootAll();
    customers.come(plan.wishes, plan.rushMs, true);
    storm.begin();
    await this.#passes(plan.stormMs);
    storm.end();
    carrier.becomeReliable();
    this.#scene.disturb(0);
  }

  /** Soon after the last disturbance everything healthy is done. */
  async #recover(): Promise<void> {
    const { world, customers, books } = this.#scene;
    const hasRecovered = await world.pass(
      () => customers.areContent && !books.hasHealthyOutstanding,
      () => this.#scene.recoveredBy,
    );
    if (hasRecovered) return;
    const left = books.describeOutstanding().join('; ');
    throw new PromiseBroken(`long after the last disturbance something is left: ${left}`);
  }

  async #drain(): Promise<void> {
    const { world, customers, fleet, server, books } = this.#scene;
    const deadline = world.now + PATIENCE;
    const hasDrained = await world.pass(
      () => customers.areContent && fleet.isQuiet && isDrained(server, books),
      () => deadline,
    );
    if (hasDrained) return;
    const left = [...findLeftovers(server, books)].join('; ');
    throw new PromiseBroken(`${PATIENCE / 1000} s after the storm something is left: ${left}`);
  }

  /** Once the processes know each other, each lane is worked by one of them, and always the same. */
  async #shareLanes(): Promise<void> {
    const { world, fleet, customers, plan, workersOf } = this.#scene;
    const { changes } = fleet;
    const settled = world.now + MEMBERS_SETTLE;
    await this.#passes(MEMBERS_SETTLE);
    workersOf.clear();
    customers.come(3, 300, false);
    await this.#drain();
    const isCalm = this.#scene.disturbedUntil < settled && plan.tempers.slowest === 0;
    if (!isCalm || changes !== fleet.changes) return;
    for (const [subscriber, workers] of workersOf)
      if (workers.size > 1)
        throw new PromiseBroken(`${[...workers].join(' and ')} took turns at ${subscriber} without need`);
  }

  /** Without work next to nothing happens. A command that its caller has given up may still be at work. */
  async #idle(): Promise<void> {
    const { world, fleet, server } = this.#scene;
    await this.#passes(IDLE);
    const { steps, facts } = this.figures;
    const isIdle = server.log.appenders.size === 0;
    await this.#passes(IDLE);
    const perSecond = ((world.steps - steps) * 1000) / IDLE / fleet.offices.length;
    if (isIdle && server.log.rows.length === facts && perSecond > IDLE_STEPS)
      throw new PromiseBroken(`without work each process took ${Math.round(perSecond)} steps in a second`);
  }

  /** Whoever is asked to stop stops. */
  async #close(): Promise<void> {
    const { world, fleet } = this.#scene;
    const { offices } = fleet;
    let closed = 0;
    for (const office of offices) void fleet.retire(office).then(() => (closed += 1));
    const deadline = world.now + CLOSES_WITHIN;
    const haveClosed = await world.pass(
      () => closed === offices.length,
      () => deadline,
    );
    if (!haveClosed) throw new PromiseBroken('a process that was asked to stop did not');
  }

  async #passes(milliseconds: number): Promise<void> {
    const end = this.#scene.world.now + milliseconds;
    await this.#scene.world.pass(
      () => false,
      () => end,
    );
  }
}
