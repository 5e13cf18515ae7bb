import { Bell } from '../bell.ts';
import type { DueWork } from '../units/context-store.ts';
import type { RequestPerformer } from '../requests/request-performer.ts';
import type { ScheduleStorage } from '../units/schedule.ts';
import { realTiming, type Timing } from '../timing.ts';

/** One context's work that no event announces. */
export interface PunctualContext {
  readonly context: string;
  readonly schedule: ScheduleStorage;
  readonly performer: Pick<RequestPerformer<never>, 'performDue'>;
}

export interface DueWorkDependencies {
  readonly contexts: readonly PunctualContext[];
  /** One look at all contexts of a database, however many there are. */
  readonly look: () => Promise<ReadonlyMap<string, DueWork>>;
  readonly reportError: (error: unknown) => void;
  /** Milliseconds until this process is to look next: those of a database take turns. */
  readonly untilTurn?: () => number;
  readonly timing?: Timing;
}

const LOOK_EVERY = 1_000;
const AT_ONCE = 500;

/** Does what has become due: publishes scheduled facts, performs requests whose pause is over. Looks once a second, or in turn. */
export class DueWorkWatch {
  readonly #of: Required<DueWorkDependencies>;
  readonly #bell: Bell;

  constructor(dependencies: DueWorkDependencies) {
    this.#of = { timing: realTiming, untilTurn: () => LOOK_EVERY, ...dependencies };
    this.#bell = new Bell(this.#of.timing);
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#bell.retire(), { once: true });
    while (!signal.aborted) {
      const next = await this.lookOnce().catch((error: unknown) => this.#of.reportError(error));
      await this.#bell.wait(next ?? this.#of.untilTurn());
    }
  }

  /** Does everything that is due now; returns when the next look should be, milliseconds from now. */
  async lookOnce(): Promise<number> {
    const due = await this.#of.look();
    let next = this.#of.untilTurn();
    for (const { context, schedule, performer } of this.#of.contexts) {
      const { requestsIn, scheduleIn } = due.get(context) ?? { requestsIn: null, scheduleIn: null };
      if (requestsIn === 0) await this.#apart(() => performer.performDue());
      if (scheduleIn === 0) await this.#apart(() => publishAll(schedule));
      next = Math.min(next, requestsIn || next, scheduleIn || next);
    }
    return Math.ceil(next);
  }

  /** Where one context's work fails, that of the others is done all the same. */
  async #apart(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => this.#of.reportError(error));
  }
}

async function publishAll(schedule: ScheduleStorage): Promise<void> {
  while ((await schedule.publishDue(AT_ONCE)) === AT_ONCE);
}
