import { FailureRate } from './failure-rate.ts';
import type { LaneSettings } from './lane-settings.ts';
import type { Lane, LaneStorage } from './lane-storage.ts';
import type { Observer } from '../watching/observer.ts';

export interface PauseDependencies<Scope> {
  readonly storage: Pick<LaneStorage<Scope>, 'standing' | 'pause'>;
  readonly settings: Pick<LaneSettings, 'mostParkedKeys'>;
  readonly observer: Observer;
}

/** Whether a lane is paused: by hand, or by itself when so much of it fails that it must be the code. */
export class LanePause<Scope> {
  readonly #of: PauseDependencies<Scope>;
  readonly #failures = new FailureRate();
  #because: string | null = null;
  #isInDoubt = false;

  constructor(dependencies: PauseDependencies<Scope>) {
    this.#of = dependencies;
  }

  get isOn(): boolean {
    return this.#because !== null;
  }

  /** A failure was noted, and not yet judged. */
  get isInDoubt(): boolean {
    return this.#isInDoubt;
  }

  /** As the database says. Where a pause is over, what failed before it counts no more. */
  learn(because: string | null): void {
    if (this.isOn && because === null) this.#failures.forget();
    this.#because = because;
  }

  noteSuccess(events: number): void {
    this.#failures.note(0, events);
  }

  /** An event of the log was parked because it failed. */
  noteFailure(): void {
    this.#failures.note(1, 0);
    this.#isInDoubt = true;
  }

  /** One that is parked has failed again. */
  noteFailedRetry(): void {
    this.#isInDoubt = true;
  }

  async beginIfHopeless(lane: Lane): Promise<void> {
    const { storage, settings } = this.#of;
    const { failedKeys } = await storage.standing(lane);
    const tooMany = failedKeys > settings.mostParkedKeys && `more than ${settings.mostParkedKeys} keys are parked`;
    const why = tooMany || (this.#failures.isHopeless && 'half of the last 100 events failed');
    if (why)
      await this.begin(
        lane,
        `${why}: that is a bug, not a poison. Mend it, then: npx microlith events resume ${lane.subscriber} --reason …`,
      );
    this.#isInDoubt = false;
  }

  /** Until a person resumes it. */
  async begin(lane: Lane, reason: string): Promise<void> {
    await this.#of.storage.pause(lane, reason);
    this.#because = reason;
    this.#of.observer.paused?.({ lane, reason });
  }
}
