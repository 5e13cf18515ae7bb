import { Bell } from '../bell.ts';
import type { LogPosition } from '../log/log.ts';
import { Session, type SessionDependencies } from './session.ts';
import type { Worker } from './station.ts';
import { realTiming } from '../timing.ts';
import { unfailing } from '../watching/unfailing.ts';

type Optional = 'timing' | 'settings' | 'observer' | 'isMine';

export interface RelayDependencies
  extends Omit<SessionDependencies, Optional>, Partial<Pick<SessionDependencies, Optional>> {}

const CAUGHT_UP_CHECK = 2;

/** Carries the facts of one log to every durable subscriber of this process. */
export class Relay {
  readonly #of: SessionDependencies;
  readonly #session: Session;

  constructor(dependencies: RelayDependencies) {
    const observer = unfailing(dependencies.observer ?? {});
    this.#of = { timing: realTiming, settings: {}, isMine: () => true, ...dependencies, observer };
    this.#session = new Session(this.#of);
  }

  get lanes(): readonly Worker[] {
    return this.#session.workers;
  }

  /** Through where the log is known to be settled. */
  get frontier(): LogPosition {
    return this.#session.frontier;
  }

  /** Something was appended, of these types where they are known: looks now, if it concerns anybody here, or at the next poll. */
  wake(types?: readonly string[]): void {
    this.#session.wake(types);
  }

  /** Whether another process may wait for a type, as far as it is known here. */
  concernsOthers(type: string): boolean {
    return this.#session.concernsOthers(type);
  }

  /** Positions are drawn up to here: looks, where that is beyond what is settled. */
  lookAsFarAs(position: number): void {
    this.#session.lookAsFarAs(position);
  }

  /** An operator has changed something by hand: every lane looks again where it stands and what is parked. */
  reconsider(): void {
    this.#session.reconsider();
  }

  /** Whether the lanes of a context have handled everything up to a position, or will have within so many milliseconds. */
  async caughtUp(context: string, position: number, patience: number): Promise<boolean> {
    const { timing } = this.#of;
    const deadline = timing.now() + patience;
    const rest = new Bell(timing);
    const isBehind = ({ context: of, at }: Worker) => of === context && at.position < position;
    this.#session.wake();
    const areBehind = () => !this.#session.isOpen || this.lanes.some(isBehind);
    while (areBehind() && timing.now() < deadline) await rest.wait(CAUGHT_UP_CHECK);
    return !areBehind();
  }

  /** Other processes were seen to have brought the lanes so far, by their ids: this one knows by it which stand still. */
  hearOf(positions: ReadonlyMap<string, LogPosition>): void {
    for (const worker of this.lanes) {
      const at = positions.get(worker.lane.id);
      if (at) worker.heardOf(at);
    }
  }

  /** Delivers everything that is there, then returns. For tests and tools; parked events that are not yet due stay. */
  async relayOnce(): Promise<void> {
    await this.#session.runOnce();
  }

  /** Delivers until the signal is aborted; batches in flight are finished first. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#session.run(signal);
  }
}
