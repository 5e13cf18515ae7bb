import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import type { PrivateGround } from '../../proofs/support/ground.ts';

/** What has been spent since the beginning: only differences mean anything. */
export interface Reading {
  /** CPU, milliseconds. */
  readonly serverCpu: number;
  readonly postgresCpu: number;
  readonly clientCpu: number;
  readonly statements: number;
  readonly commits: number;
  /** Transactions that wrote. */
  readonly writes: number;
  /** Bytes of write-ahead log. */
  readonly wal: number;
}

/** Reads what the servers and PostgreSQL have spent, without what looking at them costs. */
export class Meters {
  readonly #servers: readonly number[];
  readonly #postmaster: number;
  readonly #observer: pg.Client;

  private constructor(servers: readonly number[], postmaster: number, observer: pg.Client) {
    this.#servers = servers;
    this.#postmaster = postmaster;
    this.#observer = observer;
  }

  static async open({ superuser, postmaster }: PrivateGround, servers: readonly number[]): Promise<Meters> {
    const observer = new pg.Client(superuser);
    await observer.connect();
    await observer.query('create extension if not exists pg_stat_statements');
    return new Meters(servers, await postmaster(), observer);
  }

  /** Those of a watcher's own connection are left out. */
  async read(watcher: { readonly backend: number; readonly queries: number }): Promise<Reading> {
    const { rows } =
      await this.#observer.query<Record<'statements' | 'commits' | 'writes' | 'wal' | 'me', string>>(READ);
    const { statements, commits, writes, wal, me } = rows[0]!;
    const notOurs = new Set([Number(me), watcher.backend]);
    const { user, system } = process.cpuUsage();
    return {
      serverCpu: sum(this.#servers.map(cpuOf)),
      postgresCpu: sum(
        childrenOf(this.#postmaster)
          .filter((pid) => !notOurs.has(pid))
          .map(cpuOf),
      ),
      clientCpu: (user + system) / 1_000,
      statements: Number(statements) - watcher.queries,
      commits: Number(commits) - watcher.queries,
      writes: Number(writes),
      wal: Number(wal),
    };
  }

  async close(): Promise<void> {
    await this.#observer.end();
  }
}

const READ = `
  select (select sum(calls) from pg_stat_statements) as statements,
         (select xact_commit from pg_stat_database where datname = current_database()) as commits,
         pg_snapshot_xmax(pg_current_snapshot()) as writes,
         pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as wal,
         pg_backend_pid() as me`;

export const spent = (before: Reading, after: Reading): Reading => ({
  serverCpu: after.serverCpu - before.serverCpu,
  postgresCpu: after.postgresCpu - before.postgresCpu,
  clientCpu: after.clientCpu - before.clientCpu,
  statements: after.statements - before.statements,
  commits: after.commits - before.commits,
  writes: after.writes - before.writes,
  wal: after.wal - before.wal,
});

/** Resident memory of a process, megabytes. */
export function memoryOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1_024;
}

const TICK = 10;

/** User and system time of one process, milliseconds; nothing for one that has just ended. */
function cpuOf(pid: number): number {
  const fields = statOf(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) * TICK : 0;
}

const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid === parent || Number(statOf(pid)?.[1]) === parent);

/** The fields of `/proc/<pid>/stat` from the state on: what stands before may hold spaces. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
