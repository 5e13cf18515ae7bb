import type pg from 'pg';
import { newestLedgerRowOf } from '../lane-positions.ts';
import { dropPartitions, findDroppable, type MayGo } from '../partitions.ts';
import { send } from '../statement.ts';
import { findDesks } from './desks.ts';

/** How long things are kept, in days. */
export interface Retention {
  /** Facts that everybody has handled; null: for ever, for subscribers to come and for replays. */
  readonly history: number | null;
  /** Ledger rows, idempotency keys, requests that have ended. */
  readonly bookkeeping: number;
}

export interface Pruned {
  readonly partitions: readonly string[];
  readonly ledgerRows: number;
  readonly idempotencyKeys: number;
  readonly requests: number;
}

/** How long bookkeeping is kept where nobody says otherwise. */
export const BOOKKEEPING_DAYS = 30;

const AT_ONCE = 5_000;

/** Drops whole partitions that nobody needs any more, and old bookkeeping. Never deletes from the log. */
export async function prune(pool: pg.Pool, retention: Retention): Promise<Pruned> {
  const contexts = await findDesks(pool);
  const counts = await overBookkeeping(contexts, (table, isOld) =>
    deleteOld(pool, table, isOld, retention.bookkeeping),
  );
  const { history } = retention;
  const partitions = history === null ? [] : await dropPartitions(pool, await mayGo(pool, contexts, history));
  return { partitions, ...counts };
}

/** What {@link prune} would drop now. */
export async function planPrune(pool: pg.Pool, retention: Retention): Promise<Pruned> {
  const contexts = await findDesks(pool);
  const counts = await overBookkeeping(contexts, (table, isOld) => countOld(pool, table, isOld, retention.bookkeeping));
  const { history } = retention;
  const partitions = history === null ? [] : await findDroppable(pool, await mayGo(pool, contexts, history));
  return { partitions, ...counts };
}

async function overBookkeeping(
  contexts: readonly string[],
  act: (table: string, isOld: string) => Promise<number>,
): Promise<Omit<Pruned, 'partitions'>> {
  const counts = { ledgerRows: 0, idempotencyKeys: 0, requests: 0 };
  for (const context of contexts) {
    counts.ledgerRows += await act(`${context}.ledger`, oldLedger(context));
    counts.idempotencyKeys += await act(`${context}.idempotency`, OLD_KEYS);
    counts.requests += await act(`${context}.request`, OLD_REQUESTS);
  }
  return counts;
}

/** The newest row of a lane is its position: it stays, however old it is. */
const oldLedger = (context: string) => `
  recorded_at < now() - $1 * interval '1 day'
  and exists (select from ${context}.ledger newer where newer.lane_id = t.lane_id and newer.from_position > t.from_position)`;
const OLD_KEYS = `recorded_at < now() - $1 * interval '1 day'`;
const OLD_REQUESTS = `state <> 'pending' and coalesce(ended_at, recorded_at) < now() - $1 * interval '1 day'`;

async function deleteOld(pool: pg.Pool, table: string, condition: string, days: number): Promise<number> {
  for (let deleted = 0; ;) {
    const text = `delete from ${table} where ctid in (select ctid from ${table} t where ${condition} limit ${AT_ONCE})`;
    const { rowCount } = await send(pool, { text, values: [days] });
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < AT_ONCE) return deleted;
  }
}

async function countOld(pool: pg.Pool, table: string, condition: string, days: number): Promise<number> {
  const text = `select count(*) as count from ${table} t where ${condition}`;
  const { rows } = await send<{ count: number }>(pool, { text, values: [days] });
  return rows[0]!.count;
}

/** Every lane has passed it, none stands on its last row, and its newest fact is older than the history that is kept. */
async function mayGo(pool: pg.Pool, contexts: readonly string[], days: number): Promise<MayGo> {
  const needed = await findNeeded(pool, contexts);
  return async (client, { name, last }) => {
    if (last >= needed) return false;
    const { rows } = await send<{ is_young: boolean }>(client, {
      text: `
        select recorded_at >= now() - $1 * interval '1 day' as is_young from messaging.${name} order by position desc limit 1`,
      values: [days],
    });
    return !rows[0]?.is_young;
  };
}

/** The first position that somebody needs: where the slowest lane stands, and at the latest the end of the log. */
async function findNeeded(pool: pg.Pool, contexts: readonly string[]): Promise<number> {
  const lanes = contexts.map(
    (context) => `
      select newest.to_position as position
        from ${context}.lane l cross join lateral ${newestLedgerRowOf(context, 'l.id')} newest where l.retired_at is null`,
  );
  const { rows } = await send<{ position: number }>(pool, {
    text: `
      select min(position) as position from (
        select coalesce(max(position), 0) as position from messaging.log union all ${lanes.join(' union all ')}) needed`,
    values: [],
  });
  return rows[0]!.position;
}
