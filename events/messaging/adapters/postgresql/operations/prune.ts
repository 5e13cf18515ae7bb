import type pg from 'pg';
import { counted } from '../../../watching/counted.ts';
import { newestLedgerRowOf } from '../lanes/lane-positions.ts';
import { holdRoster } from '../lanes/lane-roster.ts';
import { dropPartitions, findDroppable, type MayGo } from '../log/partitions.ts';
import { inTransaction } from '../transactions/in-transaction.ts';
import { type Queryable, send } from '../transactions/statement.ts';
import { auditOfAll, type Operator } from './audit.ts';
import { countOld, deleteOld, type OldRows } from './bookkeeping.ts';
import { findDesks } from './desks.ts';
import type { Onlooker } from './onlooker.ts';

/** How long things are kept, in days. */
export interface Retention {
  /** Facts that everybody has handled; null: for ever, for subscribers to come and for replays. */
  readonly history: number | null;
  /** Ledger rows, idempotency keys, requests that have ended, and what it took to handle events that were set aside. */
  readonly bookkeeping: number;
}

export interface Pruned extends OldRows {
  readonly partitions: readonly string[];
}

/** How long bookkeeping is kept where nobody says otherwise. */
export const BOOKKEEPING_DAYS = 30;

/** Drops whole partitions that nobody needs any more, and old bookkeeping. Never deletes from the log. @throws {PartitionInUse} */
export async function prune(
  pool: pg.Pool,
  { history, bookkeeping }: Retention,
  onlooker: Onlooker = {},
): Promise<Pruned> {
  const contexts = await findDesks(pool);
  const rows = await deleteOld(pool, { contexts, days: bookkeeping, onlooker });
  const partitions = history === null ? [] : await dropPartitions(pool, mayGo(contexts, history), onlooker.signal);
  return { partitions, ...rows };
}

/** {@link prune} by somebody who says why: that is kept before anything goes. @throws {PartitionInUse} */
export async function pruneByHand(
  pool: pg.Pool,
  retention: Retention,
  operator: Operator,
  onlooker?: Onlooker,
): Promise<Pruned> {
  const contexts = await findDesks(pool);
  await inTransaction(pool, async (transaction) => {
    for (const context of contexts) await transaction.query(auditOfAll(context, operator, actionOf(retention)));
  });
  return prune(pool, retention, onlooker);
}

const actionOf = ({ history, bookkeeping }: Retention): string =>
  `prune, keeping bookkeeping for ${counted(bookkeeping, 'day')}, history ${history === null ? 'for ever' : `for ${counted(history, 'day')}`}`;

/** What {@link prune} would drop now. */
export async function planPrune(
  pool: pg.Pool,
  { history, bookkeeping }: Retention,
  onlooker: Onlooker = {},
): Promise<Pruned> {
  const contexts = await findDesks(pool);
  const rows = await countOld(pool, { contexts, days: bookkeeping, onlooker });
  const partitions = history === null ? [] : await findDroppable(pool, mayGo(contexts, history));
  return { partitions, ...rows };
}

/**
 * Every lane has passed it, none stands on its last row, and its newest fact is older than the history that is kept. Until the
 * floor is raised nobody makes a lane that would stand below it.
 */
const mayGo =
  (contexts: readonly string[], days: number): MayGo =>
  async (transaction, { name, last }) => {
    for (const context of contexts) await send(transaction, holdRoster(context));
    if (last >= (await findNeeded(transaction, contexts))) return false;
    const { rows } = await send<{ is_young: boolean }>(transaction, {
      text: `
        select recorded_at >= now() - $1 * interval '1 day' as is_young from messaging.${name} order by position desc limit 1`,
      values: [days],
    });
    return !rows[0]?.is_young;
  };

/** The first position that somebody needs: where the slowest lane stands, and at the latest the end of the log. */
async function findNeeded(transaction: Queryable, contexts: readonly string[]): Promise<number> {
  const lanes = contexts.map(
    (context) => `
      select newest.to_position as position
        from ${context}.lane l cross join lateral ${newestLedgerRowOf(context, 'l.id')} newest where l.retired_at is null`,
  );
  const { rows } = await send<{ position: number }>(transaction, {
    text: `
      select min(position) as position from (
        select coalesce(max(position), 0) as position from messaging.log union all ${lanes.join(' union all ')}) needed`,
    values: [],
  });
  return rows[0]!.position;
}
