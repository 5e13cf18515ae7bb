import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { ask } from '../work/connection.ts';
import { cpuOfServer } from './processes.ts';

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
  const postgres = cpuOfServer(postmaster);
  return async () => {
    const { user, system } = process.cpuUsage(node);
    const postgresMicros = cpuOfServer(postmaster) - postgres;
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
