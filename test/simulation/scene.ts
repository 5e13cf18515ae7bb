import type { Observer } from '#events/messaging/watching/observer';
import { Books } from './checks/books.ts';
import { isExpected } from './checks/expected.ts';
import { checkParked } from './checks/parked.ts';
import { PromiseBroken } from './checks/promise-broken.ts';
import { Customers } from './customers.ts';
import { DatabaseServer } from './database/server.ts';
import { Fleet } from './fleet.ts';
import type { Guards } from './guards.ts';
import { Carrier } from './office/carrier.ts';
import type { OfficeDependencies } from './office/office.ts';
import { TYPES_OF } from './office/subscribers.ts';
import { Ward } from './office/ward.ts';
import { drawPlan, type Plan } from './plan.ts';
import { Suspicions } from './storage/suspicions.ts';
import { pruneLedgers } from './storm.ts';
import { Machine } from './world/machine.ts';
import { Weather } from './world/weather.ts';
import { type Trace, World } from './world/world.ts';

/** Virtual milliseconds. */
const RECOVERY = 10_000;
const HOUSEKEEPING_EVERY = 500;

export interface SceneChoices {
  readonly has: Guards;
  /** What the seed does not decide. */
  readonly plan: Partial<Plan>;
  readonly trace?: Trace | undefined;
}

/** All that takes part in one run: whatever happens to it is entered in the books. */
export class Scene {
  readonly world: World;
  readonly plan: Plan;
  readonly server: DatabaseServer;
  readonly weather: Weather;
  readonly carrier: Carrier;
  readonly fleet: Fleet;
  readonly books: Books;
  readonly customers: Customers;
  /** Who has committed batches of each lane. */
  readonly workersOf = new Map<string, Set<string>>();
  readonly #has: Guards;
  readonly #ward: Ward;
  readonly #suspicions: Suspicions[] = [];
  #disturbedUntil = 0;

  constructor(seed: number, { has, plan: wanted, trace }: SceneChoices) {
    const world = new World(seed, trace);
    const plan = { ...drawPlan(world.random), ...wanted };
    world.say('plan', JSON.stringify(plan));
    this.world = world;
    this.plan = plan;
    this.#has = has;
    this.server = new DatabaseServer(world, (transaction) => this.#check(() => this.books.committed(transaction)));
    this.weather = new Weather(world);
    this.#ward = new Ward(
      { ...plan.illnesses, seed },
      {
        onStrike: (milliseconds) => this.disturb(milliseconds),
        onKill: (machine) => this.fleet.killAndRestart(machine),
      },
    );
    this.carrier = new Carrier(world, (call) => this.#check(() => this.books.called(call)));
    this.fleet = new Fleet(world, plan.processes, (name) => this.#outfit(name));
    this.books = this.#openBooks();
    this.customers = new Customers(world, this.fleet);
    this.#keepHouse();
  }

  /** When something last went wrong, or an event will stop to keep its handler busy. */
  get disturbedUntil(): number {
    return this.#disturbedUntil;
  }

  /** Until when everything healthy must be done, as far as it is known now. */
  get recoveredBy(): number {
    return this.#disturbedUntil + this.#patience;
  }

  get #patience(): number {
    return RECOVERY + this.plan.tempers.slowest * 60;
  }

  disturb(milliseconds: number): void {
    this.#disturbedUntil = Math.max(this.#disturbedUntil, this.world.now + milliseconds);
  }

  #openBooks(): Books {
    const { world, plan, server, fleet } = this;
    return new Books({
      ward: this.#ward,
      settings: plan.settings,
      typesOf: TYPES_OF,
      countsAttempts: plan.locksExclude,
      isBeingTried: (suspect) => this.#isSuspected(suspect),
      frontiers: () => fleet.readers.map(({ machine, relay }) => [machine.name, relay.frontier.position] as const),
      pendingRequests: () =>
        [...server.schemaOf('store').requests.rows.values()].filter(({ state }) => state === 'pending'),
      now: () => world.now,
    });
  }

  #outfit(name: string): OfficeDependencies {
    const { world, server, weather, carrier } = this;
    const { settings, tempers, locksExclude, clockError } = this.plan;
    const machine = new Machine(name, world, { clockError: world.random.between(-clockError, clockError) });
    return {
      machine,
      network: { world, server, weather, has: this.#has },
      ward: this.#ward,
      carrier,
      tempers,
      settings,
      locksExclude,
      suspicions: this.#suspicionsOf(machine),
      onDawdling: (milliseconds) => this.disturb(milliseconds),
      observer: this.#observe(name),
      reportError: (error) => this.#expect(error),
      onStopped: (error) => world.fail(new PromiseBroken(`delivery of ${name} stopped: ${String(error)}`)),
      ringOthers: (types) => this.#ring(types),
    };
  }

  #suspicionsOf(machine: Machine): Suspicions {
    const suspicions = new Suspicions(
      (suspect) => this.books.charge(suspect),
      (suspect) => this.#isSuspected(suspect),
    );
    this.#suspicions.push(suspicions);
    const stopped = () => {
      suspicions.confirmAll();
      this.disturb(0);
    };
    machine.onDeath(stopped);
    machine.onFreeze(stopped);
    return suspicions;
  }

  #isSuspected(suspect: string): boolean {
    return this.#suspicions.some((suspicions) => suspicions.has(suspect));
  }

  #observe(name: string): Observer {
    const { world, workersOf } = this;
    return {
      handled: ({ lane: { subscriber }, to, events }) => {
        world.say(name, `${subscriber} handled ${events.length}, now at ${to.position}`);
        workersOf.set(subscriber, (workersOf.get(subscriber) ?? new Set()).add(name));
      },
      failed: ({ lane, error, fault, events }) => {
        world.say(name, `${lane.subscriber} failed on ${events}, ${fault}: ${String(error)}`);
        this.#expect(error);
      },
      parked: ({ lane, event }) => world.say(name, `${lane.subscriber} parked ${event.position}`),
      retried: ({ lane, event, outcome }) =>
        world.say(name, `${lane.subscriber} tried ${event.position} again: ${outcome}`),
      paused: ({ lane, reason }) => world.fail(new PromiseBroken(`${lane.subscriber} paused by itself: ${reason}`)),
      disturbed: ({ error }) => this.#expect(error),
    };
  }

  /** A notice reaches whoever listens, after a while. */
  #ring(types: readonly string[]): void {
    for (const { source, relay, machine } of this.fleet.offices)
      if (source.isListening) this.world.in(this.weather.latency(), () => relay.wake(types), machine);
  }

  #keepHouse(): void {
    this.world.in(HOUSEKEEPING_EVERY, () => {
      if (this.#has('silentSessionsEnd')) this.server.endSilent();
      if (this.world.random.chance(0.2)) pruneLedgers(this.server);
      if (this.world.now > this.recoveredBy) this.#check(() => checkParked(this.server, this.#patience));
      this.#keepHouse();
    });
  }

  /** An error that this world did not bring about is a defect of the code. */
  #expect(error: unknown): void {
    if (!isExpected(error)) this.world.fail(error);
  }

  #check(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.world.fail(error);
    }
  }
}
