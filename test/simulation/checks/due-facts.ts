import type { RecordedEvent } from '#events/messaging/log/log';
import type { ScheduledRow } from '../database/rows.ts';
import { nameOfStep, stepOf } from '../office/facts.ts';
import { PromiseBroken } from './promise-broken.ts';

/** Knows when each due fact may be published. */
export class DueFacts {
  readonly #dueAt = new Map<string, number>();

  /** A row was written, or with it gone its fact was published or called off. */
  note(key: string, row: ScheduledRow | undefined, appended: readonly RecordedEvent[], now: number): void {
    if (row) return void this.#dueAt.set(key, row.dueAt);
    const dueAt = this.#dueAt.get(key);
    this.#dueAt.delete(key);
    const isPublished = appended.some((fact) => `${fact.tenantId}/${nameOfStep(stepOf(fact))}` === key);
    if (isPublished && dueAt !== undefined && dueAt > now)
      throw new PromiseBroken(`${key} was published ${dueAt - now} ms before its time`);
  }
}
