import { type BackOff, pauseAfter } from './back-off.ts';
import { Excuses, EXCUSES } from './excuses.ts';
import { describeError, HandlerFailed } from './failure.ts';
import type { Fault } from './fault.ts';
import type { LaneSettings } from './lane-settings.ts';
import type { RecordedEvent } from '../log/log.ts';
import type { Timing } from '../timing.ts';

/** What failed and was undone. */
export interface LaneSetback {
  readonly error: unknown;
  readonly fault: Exclude<Fault, 'fenced'>;
  /** None where it was no batch that failed. */
  readonly events: readonly RecordedEvent[];
}

/** What is done about it: an event is set aside, fewer are taken, the lane rests for so many milliseconds. */
export interface Remedy {
  readonly setAside?: { readonly event: RecordedEvent; readonly error: string };
  readonly takeFewer?: boolean;
  readonly rest: number;
}

const LOST_RACE: BackOff = { first: 5, longest: 500 };
/** After so many lost races in a row fewer events are taken: they lock less, and for a shorter time. */
const RACES_TOGETHER = 4;

/** What befell a lane since it last got on, and what is to be done about it. */
export class Setbacks {
  readonly #of: { readonly settings: LaneSettings; readonly timing: Timing };
  readonly #excuses = new Excuses();
  #inARow = 0;

  constructor(dependencies: { readonly settings: LaneSettings; readonly timing: Timing }) {
    this.#of = dependencies;
  }

  get inARow(): number {
    return this.#inARow;
  }

  /** The lane gets on again. */
  end(): void {
    this.#inARow = 0;
    this.#excuses.forgetAll();
  }

  note(setback: LaneSetback): Remedy {
    this.#inARow += 1;
    const [event, ...others] = setback.events;
    if (!event) return { rest: this.#restAfter(setback.fault) };
    return others.length > 0 ? this.#ofSeveral(setback) : this.#ofOne(event, setback);
  }

  /** An event of theirs that fails is found among ever fewer. So is a batch that took too long, and lost its connection by it. */
  #ofSeveral({ fault }: LaneSetback): Remedy {
    if (fault === 'event') return { takeFewer: true, rest: 0 };
    return { takeFewer: fault === 'outage' || this.#inARow > RACES_TOGETHER, rest: this.#restAfter(fault) };
  }

  #ofOne(event: RecordedEvent, { error, fault }: LaneSetback): Remedy {
    const why = describeError(error instanceof HandlerFailed ? error.cause : error);
    if (fault === 'event') return { setAside: { event, error: why }, rest: 0 };
    if (this.#excuses.take(event.id, error)) return { rest: this.#restAfter(fault) };
    return { setAside: { event, error: `${EXCUSES} times in a row: ${why}` }, rest: 0 };
  }

  #restAfter(fault: LaneSetback['fault']): number {
    const { settings, timing } = this.#of;
    return pauseAfter(this.#inARow, fault === 'conflict' ? LOST_RACE : settings.outage, timing);
  }
}
