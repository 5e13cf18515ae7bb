import type { DatabaseServer } from './database/server.ts';
import type { Fleet } from './fleet.ts';
import type { Office } from './office/office.ts';
import type { Fault, Plan } from './plan.ts';
import type { Machine } from './world/machine.ts';
import type { Random } from './world/random.ts';
import type { Weather } from './world/weather.ts';
import { CALM } from './world/weather.ts';
import type { World } from './world/world.ts';

export interface StormDependencies {
  readonly world: World;
  readonly server: DatabaseServer;
  readonly weather: Weather;
  readonly fleet: Fleet;
  readonly plan: Plan;
}

/** Lets everything go wrong for a while: processes, connections, the database, operators. */
export class Storm {
  readonly #of: StormDependencies;
  #isOver = false;
  #messages = 0;

  constructor(dependencies: StormDependencies) {
    this.#of = dependencies;
  }

  begin(): void {
    const { world, weather, plan } = this.#of;
    weather.change(plan.climate);
    for (const { at, by, kind } of plan.faults) if (by === 'clock') world.in(at, () => this.#strike(kind));
    weather.onMessage = (from) => this.#countMessage(from);
  }

  /** Everybody is there again and nothing goes wrong any more. */
  end(): void {
    this.#isOver = true;
    const { server, weather, fleet, plan } = this.#of;
    this.#say('THE STORM IS OVER');
    weather.change(CALM);
    server.startUp();
    this.#resumeAll();
    fleet.bootAll();
    if (!plan.oversleeps || fleet.answering.length === 0) fleet.thawAll();
  }

  #countMessage(from: Machine): void {
    this.#messages += 1;
    for (const { at, by, kind } of this.#of.plan.faults)
      if (by === 'messages' && at === this.#messages) this.#of.world.in(0, () => this.#strike(kind, from));
  }

  #strike(kind: Fault, at?: Machine): void {
    if (this.#isOver) return;
    const { world, server, fleet } = this.#of;
    const { random } = world;
    const office = fleet.answering.find(({ machine }) => machine === at) ?? pickOne(random, fleet.answering);
    if (kind === 'crash' && office) fleet.killAndRestart(office.machine);
    else if (kind === 'freeze' && office) this.#freeze(office);
    else if (kind === 'retirement' && office) this.#retire(office);
    else if (kind === 'outage') this.#shutDown();
    else if (kind === 'termination' && server.backends.length > 0) this.#terminateOne();
    else if (kind === 'pause') this.#pauseOne();
    else if (kind === 'hole') server.log.skip(random.whole(1, 3));
    else if (kind === 'prune') pruneLedgers(server);
  }

  #freeze(office: Office): void {
    const { world, fleet } = this.#of;
    fleet.freeze(office);
    world.in(world.random.pick([20, 500, 2_500, 9_000, 60_000]) * world.random.next(), () => fleet.thaw(office));
  }

  #retire(office: Office): void {
    const { world, fleet } = this.#of;
    fleet.retire(office).catch(() => undefined);
    world.in(world.random.between(10, 1_500), () => fleet.bootAll());
  }

  #shutDown(): void {
    const { world, server } = this.#of;
    this.#say('THE DATABASE SHUTS DOWN');
    server.shutDown();
    world.in(world.random.between(10, 1_500), () => server.startUp());
  }

  #terminateOne(): void {
    const { world, server } = this.#of;
    const backend = world.random.pick(server.backends);
    this.#say(`SESSION ${backend.id} IS TERMINATED`);
    server.terminate(backend);
  }

  /** An operator pauses a lane, and later lets it go on. */
  #pauseOne(): void {
    const { world, server } = this.#of;
    const lanes = [...server.schemas.values()].flatMap(({ lanes }) =>
      [...lanes.rows].map((row) => [lanes, row] as const),
    );
    if (lanes.length === 0) return;
    const [table, [id, row]] = world.random.pick(lanes);
    this.#say(`${row.subscriber} IS PAUSED`);
    table.rows.set(id, { ...row, pausedBecause: 'by an operator' });
    this.#reconsider();
    world.in(world.random.between(20, 1_500), () => this.#resumeAll());
  }

  #resumeAll(): void {
    const { server } = this.#of;
    for (const { lanes } of server.schemas.values())
      for (const [id, row] of lanes.rows) if (row.pausedBecause) lanes.rows.set(id, { ...row, pausedBecause: null });
    this.#reconsider();
  }

  #reconsider(): void {
    for (const { source, relay } of this.#of.fleet.answering) if (source.isListening) relay.reconsider();
  }

  #say(what: string): void {
    this.#of.world.say('storm', what);
  }
}

const pickOne = <Item>(random: Random, items: readonly Item[]) => (items.length > 0 ? random.pick(items) : undefined);

/** Of each lane only the newest row is kept. */
export function pruneLedgers(server: DatabaseServer): void {
  for (const { ledgers } of server.schemas.values())
    for (const { rows } of ledgers) {
      const newest = Math.max(...[...rows.values()].map(({ from }) => from));
      for (const [key, { from }] of rows) if (from < newest) rows.delete(key);
    }
}
