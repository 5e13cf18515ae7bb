import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of one process so far, microseconds; nothing where it has ended. */
export const cpuOf = (pid: number): number => microsOf(readStat(pid)?.ticks);

/** CPU time of a PostgreSQL server so far, microseconds: its postmaster, what that has reaped, and all its backends but some. */
export function cpuOfServer(postmaster: number, without: ReadonlySet<number> = new Set()): number {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== undefined);
  const own = stats.find(({ pid }) => pid === postmaster);
  const children = stats.filter(({ pid, parent }) => parent === postmaster && !without.has(pid));
  return microsOf((own ? own.ticks + own.reapedTicks : 0) + children.reduce((sum, { ticks }) => sum + ticks, 0));
}

/** Resident memory of a process, bytes. */
export function memoryOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1_024;
}

/** The kernel counts in hundredths of a second (`USER_HZ`). */
const MICROS_PER_TICK = 10_000;

const microsOf = (ticks = 0): number => ticks * MICROS_PER_TICK;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  /** Of children that have ended. */
  readonly reapedTicks: number;
}

/** `proc_pid_stat(5)`; the program's name, in parentheses, may hold spaces. */
function readStat(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [parent, user, system, reapedUser, reapedSystem] = [1, 11, 12, 13, 14].map((at) => Number(fields[at]));
    return { pid, parent: parent!, ticks: user! + system!, reapedTicks: reapedUser! + reapedSystem! };
  } catch {
    return undefined;
  }
}
