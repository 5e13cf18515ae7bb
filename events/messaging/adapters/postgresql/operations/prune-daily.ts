import type pg from 'pg';
import { send } from '../transactions/statement.ts';
import type { Onlooker } from './onlooker.ts';
import { prune, type Pruned, type Retention } from './prune.ts';

/**
 * Prunes once a day, by the database's clock, in whichever process asks first; nothing when it was done already. Where it fails,
 * or is broken off, it is due again in an hour. @throws {PartitionInUse}
 */
export async function pruneDaily(
  pool: pg.Pool,
  retention: Retention,
  onlooker: Onlooker = {},
): Promise<Pruned | undefined> {
  const { rowCount } = await send(pool, {
    text: `
      update messaging.log_identity set pruned_at = now() - interval '23 hours'
       where pruned_at is null or pruned_at <= now() - interval '1 day'`,
    values: [],
  });
  if (rowCount === 0) return undefined;
  const pruned = await prune(pool, retention, onlooker);
  if (!onlooker.signal?.aborted) await pool.query('update messaging.log_identity set pruned_at = now()');
  return pruned;
}
