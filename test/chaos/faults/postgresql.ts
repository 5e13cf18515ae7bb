import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../../proofs/support/ground.ts';
import type { Stage } from '../stage.ts';
import type { Fault } from './fault.ts';

export const killPostmaster: Fault = {
  name: 'kill -9 of the postmaster',
  strike: ({ ground }) => ground.cluster!.strike('SIGKILL'),
};

export const restartPostgres: Fault = {
  name: 'restart of PostgreSQL',
  strike: ({ ground }) => ground.cluster!.strike('SIGINT'),
};

export const terminateBackend: Fault = {
  name: 'pg_terminate_backend',
  async strike(stage) {
    const backend = await pickBackend(stage);
    if (backend) await query(stage.ground.admin, 'select pg_terminate_backend($1)', [backend]);
  },
};

const LONGEST_FREEZE = 3_000;

export const freezeBackend: Fault = {
  name: 'SIGSTOP of a backend',
  async strike(stage) {
    const backend = await pickBackend(stage);
    if (!backend) return;
    process.kill(backend, 'SIGSTOP');
    await sleep(stage.chance.below(LONGEST_FREEZE));
    process.kill(backend, 'SIGCONT');
  },
};

/** Rather one that is in a transaction: there is most to be broken. */
async function pickBackend({ ground, chance }: Stage): Promise<number | undefined> {
  const backends = await query<{ pid: number; state: string }>(
    ground.admin,
    `select pid, state from pg_stat_activity where application_name = 'microlith' and datname = current_database() order by pid`,
  );
  const busy = backends.filter(({ state }) => state !== 'idle');
  const from = busy.length > 0 && chance.next() < 0.7 ? busy : backends;
  return from.length > 0 ? chance.among(from).pid : undefined;
}
