import type pg from 'pg';
import type { Attendance } from '../../../relay/attendance.ts';
import type { Surroundings } from '../relay/members.ts';
import { send } from '../transactions/statement.ts';

/** The leases of relays that are gone: what those had begun, or had still to begin, is due now. */
export class LeasesOfTheGone {
  readonly #pool: pg.Pool;
  readonly #attendance: Attendance;
  /** Who was there when they were ended last. */
  #endedFor = '';

  constructor(pool: pg.Pool, attendance: Attendance) {
    this.#pool = pool;
    this.#attendance = attendance;
  }

  /** Ends those of whoever does not count as there any more, where these relays are seen now. */
  async end(contexts: readonly string[], { members, upFor }: Pick<Surroundings, 'members' | 'upFor'>): Promise<void> {
    const there = this.#attendance.look(members, upFor);
    if (!there || there.join() === this.#endedFor) return;
    await Promise.all(contexts.map((context) => this.#endIn(context, there)));
    this.#endedFor = there.join();
  }

  async #endIn(context: string, there: readonly string[]): Promise<void> {
    await send(this.#pool, {
      text: `
        update ${context}.request set due_at = now(), leased_by = null
         where state = 'pending' and leased_by is not null and leased_by <> all($1)`,
      values: [there],
    });
  }
}
