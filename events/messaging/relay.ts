import { Bell } from './bell.ts';
import type { LogPosition } from './log.ts';
import { Session, type SessionDependencies } from './session.ts';
import type { Worker } from './station.ts';
import { realTiming } from './timing.ts';

type Optional = 'timing' | 'settings' | 'observer' | 'isMine';

export interface RelayDependencies
  extends Omit<SessionDependencies, Optional>, Partial<Pick<SessionDependencies, Optional>> {
  /** Where the lanes of all stations are, where one look shows it; left out: each station is asked. */
  readonly positions?: () => Promise<ReadonlyMap<string, LogPosition>>;
}

const CAUGHT_UP_CHECK = 2;

/** Carries the facts of one log to every durable subscriber of this process. */
export class Relay {
  readonly #of: SessionDependencies & Pick<RelayDependencies, 'positions'>;
  readonly #session: Session;

  constructor(dependencies: RelayDependencies) {
    this.#of = { timing: realTiming, settings: {}, observer: {}, isMine: () => true, ...dependencies };
    this.#session = new Session(this.#of);
  }

  get lanes(): readonly Worker[] {
    return this.#session.workers;
  }

  /** Through where the log is known to be settled. */
  get frontier(): LogPosition {
    return this.#session.frontier;
  }

  /** Something was appended: look now rather than at the next poll. */
  wake(): void {
    this.#session.wake();
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
    const areBehind = () => !this.#session.isOpen || this.lanes.some(isBehind);
    while (areBehind() && timing.now() < deadline) await rest.wait(CAUGHT_UP_CHECK);
    return !areBehind();
  }

  /** Looks how far other processes have brought the lanes, so that this one knows which stand still. */
  async lookAround(): Promise<void> {
    const all = await (this.#of.positions?.() ?? this.#askStations());
    for (const worker of this.lanes) {
      const at = all.get(worker.lane.id);
      if (at) worker.heardOf(at);
    }
  }

  async #askStations(): Promise<ReadonlyMap<string, LogPosition>> {
    const positions = await Promise.all(this.#of.stations.map((station) => station.positions()));
    return new Map(positions.flatMap((some) => [...some]));
  }

  /** Delivers everything that is there, then returns. For tests and tools; parked events that are not yet due stay. */
  async relayOnce(): Promise<void> {
    await this.#session.runOnce();
  }

  /**
   * Delivers until the signal is aborted; batches in flight are finished first.
   * @throws {LogMoved} when the log is not the one it was: delivery has stopped
   */
  async run(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    try {
      await this.#session.run(AbortSignal.any([signal, failed.signal]));
    } catch (error) {
      this.#of.observer.stopped?.({ error });
      throw error;
    } finally {
      failed.abort();
    }
  }
}
