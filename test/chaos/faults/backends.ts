import { setTimeout as sleep } from 'node:timers/promises';
import { POOL_NAME } from '#events/messaging/adapters/postgresql/transactions/pool';
import { query } from '../../proofs/support/ground.ts';
import type { Stage } from '../stage.ts';
import type { Check } from '../verdict.ts';
import type { Fault } from './fault.ts';

/** What a connection of the post office was at when it was struck. */
export type Struck = 'a transaction' | 'nothing' | 'reading the log';

/** In transactions there is most to be broken. */
const TURNS: readonly Struck[] = ['a transaction', 'nothing', 'a transaction', 'reading the log'];
const MOST_LOOKS = 100;

const OURS = `
  select pid, case when application_name not like '${POOL_NAME} %' then 'reading the log'
                   when xact_start is null then 'nothing' else 'a transaction' end as "at"
    from pg_stat_activity where datname = current_database() and application_name like 'microlith%'`;
const FOUND = `
  with ours as materialized (${OURS})
  select pid, "at" from ours where "at" = coalesce($1, "at") order by hashint4extended(pid, $2) limit 1`;
/** Found and ended by one statement: a moment later its transaction would be over. */
const ENDED = `with found as materialized (${FOUND}) select pid, "at" from found where pg_terminate_backend(pid)`;

export const terminateBackend: Fault = {
  name: 'pg_terminate_backend',
  async strike(stage) {
    await takeInTurn(stage, ENDED);
  },
};

const LONGEST_FREEZE = 3_000;

export const freezeBackend: Fault = {
  name: 'SIGSTOP of a backend',
  async strike(stage) {
    const pid = await takeInTurn(stage, FOUND);
    if (pid === undefined) return;
    process.kill(pid, 'SIGSTOP');
    await sleep(stage.chance.below(LONGEST_FREEZE));
    process.kill(pid, 'SIGCONT');
  },
};

/** One that is at what it is the turn of; where none is to be had, any. */
async function takeInTurn({ ground, chance, struck }: Stage, text: string): Promise<number | undefined> {
  const turn = TURNS[struck.length % TURNS.length];
  const draw = chance.below(1_000_000);
  for (let look = 1; look <= MOST_LOOKS; look += 1) {
    const wanted = look < MOST_LOOKS ? turn : null;
    const [found] = await query<{ pid: number; at: Struck }>(ground.admin, text, [wanted, draw]);
    if (!found) continue;
    struck.push(found.at);
    return found.pid;
  }
}

/** A connection that is at nothing proves little when it is struck. */
export const judgeStruck = ({ struck }: Pick<Stage, 'struck'>): Check => ({
  promise: 'connections were struck whatever they were at',
  examined: struck.length,
  broken: [...new Set(TURNS)].filter((at) => !struck.includes(at)).map((at) => `at ${at}: never`),
});
