import type { ScheduleStorage } from '../../units/schedule.ts';
import type { InMemoryStore } from './store.ts';
import type { StagedTables } from './tables.ts';
import type { ScheduledRow } from './transaction.ts';

/** Facts with a due time, in memory. */
export class InMemorySchedule<Scope> implements ScheduleStorage {
  readonly #store: InMemoryStore<Scope>;

  constructor(store: InMemoryStore<Scope>) {
    this.#store = store;
  }

  async publishDue(limit: number): Promise<number> {
    return this.#store.transaction(async ({ staged, outbox }) => {
      const scheduled = staged.shared<ScheduledRow>('scheduled');
      const due = scheduled
        .entries()
        .filter(([, { dueAt }]) => dueAt <= this.#store.now())
        .toSorted(([, a], [, b]) => a.dueAt - b.dueAt)
        .slice(0, limit);
      for (const [name, { dueAt, draft }] of due) {
        outbox.drafts.push({ ...draft, occurredAt: new Date(dueAt) });
        scheduled.delete(name);
      }
      return due.length;
    });
  }
}

export const scheduledOf = (staged: StagedTables) => staged.shared<ScheduledRow>('scheduled').all();
