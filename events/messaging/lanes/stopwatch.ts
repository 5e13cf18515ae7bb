import { HandlerFailed, HandlerTimedOut } from './failure.ts';
import type { Timing } from '../timing.ts';

/** How long a handler may take for one event, and by whose time. */
export interface TimeLimit {
  readonly milliseconds: number;
  readonly timing: Timing;
  /** Told which event is handled now, and null when the last has ended, or was given up. */
  readonly mark?: (eventId: string | null) => void;
}

/** How often a handler's time is looked at. */
const LOOKS = 4;

/** Gives each handler its time; one timer serves a whole batch. What runs over is not stopped, only given up. */
export class Stopwatch {
  /** Rejects once a handler runs over. */
  readonly expired: Promise<never>;
  readonly #limit: TimeLimit;
  readonly #subscriber: string;
  readonly #reject: (error: Error) => void;
  #deadline = 0;
  #event: { readonly id: string } | undefined;
  #late: Error | undefined;
  #callOff: () => void;

  constructor(limit: TimeLimit, subscriber: string) {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    this.expired = promise;
    this.#reject = reject;
    this.#limit = limit;
    this.#subscriber = subscriber;
    this.startAnew();
    this.#callOff = this.#lookLater();
  }

  /** The next handler begins, on this event. @throws what it was given up with, where the one before came back too late */
  startAnew(event?: { readonly id: string }): void {
    if (this.#late) throw this.#late;
    this.#event = event;
    if (event) this.#limit.mark?.(event.id);
    this.#deadline = this.#limit.timing.now() + this.#limit.milliseconds;
  }

  stop(): void {
    this.#callOff();
    if (this.#event) this.#limit.mark?.(null);
  }

  /** A look that comes far too late shows that this process was stopped: that time is not the handler's. */
  #lookLater(): () => void {
    const { milliseconds, timing } = this.#limit;
    const pause = Math.min(milliseconds / LOOKS, this.#deadline - timing.now());
    const due = timing.now() + pause;
    return timing.after(pause, () => {
      const late = timing.now() - due;
      if (late > milliseconds / LOOKS) this.#deadline += late;
      this.#look();
    });
  }

  /** The timer began with the batch, the deadline with the event: there may be some time left. */
  #look(): void {
    if (this.#deadline > this.#limit.timing.now()) this.#callOff = this.#lookLater();
    else this.#giveUp();
  }

  #giveUp(): void {
    const timedOut = new HandlerTimedOut(this.#subscriber, this.#limit.milliseconds);
    this.#late = this.#event ? new HandlerFailed(this.#event.id, timedOut) : timedOut;
    this.#reject(this.#late);
  }
}
