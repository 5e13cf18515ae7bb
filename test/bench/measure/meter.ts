import { readdirSync, readFileSync } from 'node:fs';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/pool';
import { ask } from '../work/connection.ts';

/** What a stretch of work has cost. */
export interface Cost {
  /** CPU time of all processes of the server, microseconds. */
  readonly postgresMicros: number;
  /** CPU time of this process, microseconds. */
  readonly nodeMicros: number;
  readonly walBytes: number;
  /** The most memory this process ever had, bytes. */
  readonly mostMemory: number;
  /** When it began, in seconds of the server's clock. */
  readonly beganAt: number;
}

/** Begins to count; call what it returns to know the cost up to now. */
export async function startMeter(address: DatabaseAddress, postmaster: number): Promise<() => Promise<Cost>> {
  const began = await readServer(address);
  const node = process.cpuUsage();
  const postgres = readCpuOf(postmaster);
  return async () => {
    const { user, system } = process.cpuUsage(node);
    const postgresMicros = readCpuOf(postmaster) - postgres;
    const { wal } = await readServer(address);
    const mostMemory = process.resourceUsage().maxRSS * 1024;
    return { postgresMicros, nodeMicros: user + system, walBytes: wal - began.wal, mostMemory, beganAt: began.now };
  };
}

async function readServer(address: DatabaseAddress): Promise<{ readonly wal: number; readonly now: number }> {
  const [row] = await ask<{ wal: number; now: number }>(
    address,
    `select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as wal, extract(epoch from clock_timestamp())::float8 as now`,
  );
  return row!;
}

/** The kernel counts in hundredths of a second (`USER_HZ`). */
const MICROS_PER_TICK = 10_000;

/** A server's CPU time so far: its postmaster, what that has reaped, and its children. */
function readCpuOf(postmaster: number): number {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readStat)
    .filter((stat) => stat !== undefined);
  const own = stats.find(({ pid }) => pid === postmaster);
  const children = stats.filter(({ parent }) => parent === postmaster);
  const ticks = (own ? own.ticks + own.reapedTicks : 0) + children.reduce((sum, { ticks }) => sum + ticks, 0);
  return ticks * MICROS_PER_TICK;
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  /** Of children that have ended. */
  readonly reapedTicks: number;
}

/** `proc_pid_stat(5)`; the program's name, in parentheses, may hold spaces. */
function readStat(pid: string): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [parent, user, system, reapedUser, reapedSystem] = [1, 11, 12, 13, 14].map((at) => Number(fields[at]));
    return { pid: Number(pid), parent: parent!, ticks: user! + system!, reapedTicks: reapedUser! + reapedSystem! };
  } catch {
    return undefined;
  }
}
