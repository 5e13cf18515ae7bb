import type { Backend, Statement } from '../database/backend.ts';
import type { Outcome } from '../database/execution.ts';
import { ConnectionLost, ConnectionRefused, serializationFailure, Unrecognised } from '../database/failures.ts';
import type { DatabaseServer, Place } from '../database/server.ts';
import type { Guards } from '../guards.ts';
import type { Machine } from '../world/machine.ts';
import type { Fate, Weather } from '../world/weather.ts';
import type { World } from '../world/world.ts';

/** What a client needs to reach the database. */
export interface Network {
  readonly world: World;
  readonly server: DatabaseServer;
  readonly weather: Weather;
  readonly has: Guards;
}

/** The client's end of a connection: every call is a message there and, with luck, a message back. */
export class Connection {
  readonly #machine: Machine;
  readonly #network: Network;
  #backend: Backend | undefined;
  #isLost = false;
  #isClosed = false;
  /** When the last message each way arrives; none overtakes another on its way. */
  readonly #last = { there: 0, back: 0 };

  constructor(machine: Machine, network: Network) {
    this.#machine = machine;
    this.#network = network;
    machine.onDeath(() => this.#noticeDeath());
  }

  get backend(): Backend | undefined {
    return this.#backend;
  }

  /** As far as the client knows. */
  get isUsable(): boolean {
    return !this.#isLost;
  }

  async send<Result>(what: string, statement: Statement<Result>, place: Place = 'alone'): Promise<Result> {
    if (this.#isLost) throw new ConnectionLost();
    const { weather, has } = this.#network;
    this.#say(`→ ${what}`);
    weather.onMessage(this.#machine);
    const fate = weather.fate();
    const outcome = await new Promise<Outcome<Result>>((resolve) => {
      const answer = (outcome: Outcome<Result>) => this.#carry('back', () => resolve(outcome));
      this.#carry('there', () => this.#arrive(fate, statement, place, answer));
    });
    if ('value' in outcome) {
      this.#say(`← ${what}`);
      return outcome.value;
    }
    this.#say(`← ${what}: ${String(outcome.error)}`);
    const isGone = outcome.error instanceof ConnectionLost || outcome.error instanceof ConnectionRefused;
    this.#isLost ||= isGone;
    throw isGone && !has('outagesAreRecognised') ? new Unrecognised() : outcome.error;
  }

  close(): void {
    this.#isLost = true;
    this.#isClosed = true;
    if (this.#backend) this.#network.server.terminate(this.#backend);
  }

  #carry(way: 'there' | 'back', deliver: () => void): void {
    const { world, weather } = this.#network;
    const at = Math.max(world.now + weather.latency(), this.#last[way] + 0.001);
    this.#last[way] = at;
    world.in(at - world.now, deliver, way === 'back' ? this.#machine : undefined);
  }

  #arrive<Result>(
    fate: Fate,
    statement: Statement<Result>,
    place: Place,
    answer: (outcome: Outcome<Result>) => void,
  ): void {
    const { server } = this.#network;
    if (this.#isClosed) return;
    if (!server.isUp) return answer({ error: new ConnectionRefused() });
    const backend = (this.#backend ??= server.connect());
    if (!backend.isOpen) return answer({ error: new ConnectionLost() });
    if (fate === 'lost before') return this.#lose(answer);
    const asked = fate === 'conflict' ? conflict : statement;
    server.execute(backend, asked, place, (outcome) => (fate === 'lost after' ? this.#lose(answer) : answer(outcome)));
  }

  #lose(answer: (outcome: Outcome<never>) => void): void {
    this.#network.server.terminate(this.#backend!);
    answer({ error: new ConnectionLost() });
  }

  #noticeDeath(): void {
    const { world } = this.#network;
    const within = this.#machine.deathIsNoticedWithin;
    if (Number.isFinite(within)) world.in(world.random.next() * within, () => this.close());
  }

  #say(what: string): void {
    this.#network.world.say(this.#machine.name, what);
  }
}

// oxlint-disable-next-line require-yield
const conflict: Statement<never> = function* () {
  throw serializationFailure();
};
