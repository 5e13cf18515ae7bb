import { writeFile } from 'node:fs/promises';
import { type PrivateGround, query } from '../../proofs/support/ground.ts';

interface StatementCost {
  readonly calls: number;
  readonly wal: number;
  readonly images: number;
  readonly executing: number;
  readonly text: string;
}

const COSTS = `
  select sum(calls)::int as calls, sum(wal_bytes)::float8 as wal, sum(wal_fpi)::int as images,
         sum(total_exec_time)::float8 as executing, min(regexp_replace(query, '\\s+', ' ', 'g')) as text
    from pg_stat_statements where userid = (select oid from pg_roles where rolname = $1)
   group by queryid order by wal desc, calls desc`;

/** Forgets what each statement has cost up to now. */
export const beginAccount = ({ superuser }: PrivateGround): Promise<unknown> =>
  query(superuser, 'select pg_stat_statements_reset()');

/** Writes what each statement has cost an order: how often it came, WAL bytes, page images, and microseconds of executing it. */
export async function writeAccount(
  { superuser, database }: PrivateGround,
  orders: number,
  file: string,
): Promise<void> {
  const costs = await query<StatementCost & Record<string, unknown>>(superuser, COSTS, [database.user]);
  const rows = costs.map(({ calls, wal, images, executing, text }) =>
    [
      (calls / orders).toFixed(2),
      (wal / orders).toFixed(0),
      (images / orders).toFixed(3),
      ((executing * 1_000) / orders).toFixed(0),
      text,
    ].join('\t'),
  );
  await writeFile(file, ['calls\tWAL bytes\timages\tµs\tstatement', ...rows, ''].join('\n'));
}
