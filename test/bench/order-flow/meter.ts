import pg from 'pg';
import type { PrivateGround } from '../../proofs/support/ground.ts';
import { cpuOf, cpuOfServer } from '../measure/processes.ts';

/** What a stretch of time has taken. */
export interface Spent {
  /** CPU, milliseconds. */
  readonly serverMs: number;
  readonly postgresMs: number;
  readonly loadMs: number;
  /** As the servers sent them. */
  readonly statements: number;
  /** PostgreSQL's own, for foreign keys. */
  readonly checks: number;
  /** Transactions that wrote. */
  readonly writes: number;
  readonly walKilobytes: number;
}

/** What `pg_stat_statements` needs to count PostgreSQL's own statements as well, and to tell them apart. */
export const COUNTING = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'all' };

export interface Meter {
  /** Begins to count; call what it returns to know what was spent up to now. */
  start(): Promise<() => Promise<Spent>>;
  close(): Promise<void>;
}

/** Counts what servers and PostgreSQL spend. What a superuser does is the measuring's own, and left out. */
export async function openMeter(ground: PrivateGround, servers: readonly number[]): Promise<Meter> {
  const { superuser, database } = ground;
  const observer = new pg.Client(superuser);
  await observer.connect();
  await observer.query('create extension if not exists pg_stat_statements');
  const postmaster = await ground.postmaster();
  return {
    start: async () => {
      const before = await read();
      return async () => difference(before, await read());
    },
    close: () => observer.end(),
  };

  async function read(): Promise<Spent> {
    const { rows } = await observer.query<Counted>(COUNT, [database.user]);
    const { observers, ...counted } = rows[0]!;
    const { user, system } = process.cpuUsage();
    return {
      ...counted,
      serverMs: servers.reduce((sum, pid) => sum + cpuOf(pid), 0) / 1_000,
      postgresMs: cpuOfServer(postmaster, new Set(observers)) / 1_000,
      loadMs: (user + system) / 1_000,
    };
  }
}

type Counted = Pick<Spent, 'statements' | 'checks' | 'writes' | 'walKilobytes'> & { readonly observers: number[] };

const COUNT = `
  with counted as (
    select calls, toplevel, query ~ 'FOR KEY SHARE OF x$' as is_check from pg_stat_statements
     where userid = (select oid from pg_roles where rolname = $1))
  select (select coalesce(sum(calls) filter (where toplevel and not is_check), 0)::float8 from counted) as statements,
         (select coalesce(sum(calls) filter (where is_check), 0)::float8 from counted) as checks,
         pg_snapshot_xmax(pg_current_snapshot())::text::float8 as writes,
         (pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') / 1024)::float8 as "walKilobytes",
         array(select pid from pg_stat_activity where usename <> $1) as observers`;

const difference = (before: Spent, after: Spent): Spent =>
  Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - before[name as keyof Spent]]),
  ) as unknown as Spent;
