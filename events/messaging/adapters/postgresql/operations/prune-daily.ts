import type pg from 'pg';
import { send } from '../statement.ts';
import { prune, type Pruned, type Retention } from './prune.ts';

/** Prunes once a day, by the database's clock, in whichever process asks first; nothing when it was done already. */
export async function pruneDaily(pool: pg.Pool, retention: Retention): Promise<Pruned | undefined> {
  const { rowCount } = await send(pool, {
    text: `update messaging.log_identity set pruned_at = now() where pruned_at is null or pruned_at <= now() - interval '1 day'`,
    values: [],
  });
  return rowCount === 1 ? prune(pool, retention) : undefined;
}
