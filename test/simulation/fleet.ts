import { Office, type OfficeDependencies } from './office/office.ts';
import type { Machine } from './world/machine.ts';
import type { World } from './world/world.ts';

export type Outfit = (name: string) => OfficeDependencies;

/** The processes of one deployment: each place has one, which is started again after it died. */
export class Fleet {
  readonly #world: World;
  readonly #outfit: Outfit;
  readonly #offices: (Office | undefined)[];
  readonly #lives: number[];
  readonly #closing = new Set<Office>();
  #changes = 0;

  constructor(world: World, places: number, outfit: Outfit) {
    this.#world = world;
    this.#outfit = outfit;
    this.#offices = Array.from({ length: places }, () => undefined);
    this.#lives = Array.from({ length: places }, () => 0);
  }

  /** How often a process has begun or ended. */
  get changes(): number {
    return this.#changes;
  }

  /** Those that live, frozen or not. */
  get offices(): readonly Office[] {
    return this.#offices.filter((office) => office !== undefined);
  }

  /** Those that answer. */
  get answering(): readonly Office[] {
    return this.offices.filter(({ machine }) => machine.isRunning);
  }

  /** Those that read the log, be it for the last time. */
  get readers(): readonly Office[] {
    return [...this.offices, ...this.#closing];
  }

  bootAll(): void {
    for (let place = 0; place < this.#offices.length; place += 1) this.boot(place);
  }

  boot(place: number): void {
    if (this.#offices[place]) return;
    this.#lives[place]! += 1;
    const office = new Office(this.#outfit(`p${place + 1}.${this.#lives[place]}`));
    this.#offices[place] = office;
    this.#changes += 1;
    this.#say(office, 'starts');
    office.open();
  }

  /** kill -9. */
  kill(machine: Machine): void {
    const place = this.#offices.findIndex((office) => office?.machine === machine);
    const office = this.#offices[place] ?? [...this.#closing].find((closing) => closing.machine === machine);
    if (!office) return;
    this.#say(office, 'is killed');
    machine.die();
    this.#changes += 1;
    this.#closing.delete(office);
    if (place !== -1) this.#offices[place] = undefined;
  }

  /** Like kill -9, and started again by whoever watches over it. */
  killAndRestart(machine: Machine): void {
    const place = this.#offices.findIndex((office) => office?.machine === machine);
    this.kill(machine);
    if (place !== -1) this.#world.in(this.#world.random.between(20, 400), () => this.boot(place));
  }

  /** SIGTERM. */
  async retire(office: Office): Promise<void> {
    this.#offices[this.#offices.indexOf(office)] = undefined;
    this.#closing.add(office);
    this.#say(office, 'is asked to stop');
    await office.close();
    this.#closing.delete(office);
    this.#say(office, 'has stopped');
  }

  freeze(office: Office): void {
    this.#say(office, 'is frozen');
    office.machine.freeze();
  }

  thaw(office: Office): void {
    if (!office.machine.isRunning) this.#say(office, 'goes on');
    office.machine.thaw();
  }

  thawAll(): void {
    for (const office of this.readers) this.thaw(office);
  }

  get isQuiet(): boolean {
    return this.#closing.size === 0;
  }

  #say({ machine }: Office, what: string): void {
    this.#world.say(machine.name, what.toUpperCase());
  }
}
