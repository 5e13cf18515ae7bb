import type pg from 'pg';
import { send } from '../transactions/statement.ts';

/** Ends the leases of relays that are gone: what they had begun, or had still to begin, is due now. */
export async function endLeasesOfTheGone(
  pool: pg.Pool,
  contexts: readonly string[],
  members: readonly string[],
): Promise<void> {
  await Promise.all(
    contexts.map((context) =>
      send(pool, {
        text: `
          update ${context}.request set due_at = now(), leased_by = null
           where state = 'pending' and leased_by is not null and leased_by <> all($1)`,
        values: [members],
      }),
    ),
  );
}
