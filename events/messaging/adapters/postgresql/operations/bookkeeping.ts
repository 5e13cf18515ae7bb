import type pg from 'pg';
import { send } from '../transactions/statement.ts';
import type { Onlooker } from './onlooker.ts';

/** Old rows by what they were kept for. */
export interface OldRows {
  readonly ledgerRows: number;
  readonly idempotencyKeys: number;
  readonly requests: number;
  /** What it took to handle events that were set aside. */
  readonly recoveries: number;
}

/** A table of bookkeeping in a context's schema, and which of its rows nobody needs after `$1` days. */
interface Book {
  readonly kind: keyof OldRows;
  readonly table: string;
  readonly isOld: string;
}

/** Old is what was recorded so many days ago. The newest row of a lane is its position: it stays, however old it is. */
const booksOf = (context: string): readonly Book[] => [
  {
    kind: 'ledgerRows',
    table: `${context}.ledger`,
    isOld: `recorded_at < now() - $1 * interval '1 day' and (lane_id, from_position) not in (
      select l.id, (select max(from_position) from ${context}.ledger where lane_id = l.id) from ${context}.lane l)`,
  },
  {
    kind: 'idempotencyKeys',
    table: `${context}.idempotency`,
    isOld: `recorded_at < now() - $1 * interval '1 day'`,
  },
  {
    kind: 'requests',
    table: `${context}.request`,
    isOld: `state <> 'pending' and coalesce(ended_at, recorded_at) < now() - $1 * interval '1 day'`,
  },
  {
    kind: 'recoveries',
    table: `${context}.recovered`,
    isOld: `recovered_at < now() - $1 * interval '1 day'`,
  },
];

/** Deletes what is older than so many days. */
export const deleteOld = (pool: pg.Pool, of: OldRowsWanted): Promise<OldRows> =>
  goThrough(
    pool,
    of,
    ({ table, isOld }) =>
      `with gone as (delete from ${table} t where ${PORTION} and ${isOld} returning 1) select count(*) as rows from gone`,
  );

/** Only counts it. */
export const countOld = (pool: pg.Pool, of: OldRowsWanted): Promise<OldRows> =>
  goThrough(pool, of, ({ table, isOld }) => `select count(*) as rows from ${table} t where ${PORTION} and ${isOld}`);

export interface OldRowsWanted {
  readonly contexts: readonly string[];
  readonly days: number;
  readonly onlooker: Onlooker;
}

/** Blocks of a table that one statement goes through, so that none takes long, however large the table is: two megabytes. */
const AT_ONCE = 256;
const PORTION = 'ctid >= $2::tid and ctid < $3::tid';

/** What is written meanwhile is young, and left out. */
async function goThrough(
  pool: pg.Pool,
  { contexts, days, onlooker: { progress, signal } }: OldRowsWanted,
  textFor: (book: Book) => string,
): Promise<OldRows> {
  const counts = { ledgerRows: 0, idempotencyKeys: 0, requests: 0, recoveries: 0 };
  const portions = await cutIntoPortions(pool, contexts.flatMap(booksOf));
  for (const [at, { book, from }] of portions.entries()) {
    if (signal?.aborted) break;
    const values = [days, `(${from},0)`, `(${from + AT_ONCE},0)`];
    const { rows } = await send<{ rows: number }>(pool, { text: textFor(book), values });
    counts[book.kind] += rows[0]!.rows;
    progress?.(at + 1, portions.length);
  }
  return counts;
}

/** Where each portion begins, by the size that the tables have now. */
async function cutIntoPortions(pool: pg.Pool, books: readonly Book[]) {
  const { rows } = await send<{ blocks: number }>(pool, {
    text: `
      select pg_relation_size(book::regclass) / current_setting('block_size')::int as blocks
        from unnest($1::text[]) with ordinality books (book, at) order by at`,
    values: [books.map(({ table }) => table)],
  });
  return books.flatMap((book, at) => startsWithin(rows[at]!.blocks).map((from) => ({ book, from })));
}

const startsWithin = (blocks: number): number[] =>
  Array.from({ length: Math.ceil(blocks / AT_ONCE) }, (_, at) => at * AT_ONCE);
