import { accountOf, balance, type Balance } from './account.ts';
import { judgeRush } from './contention.ts';
import { calm, planDemand, stormy, type Temper } from './demand.ts';
import { type Ground, type ProofGround, query } from './ground.ts';
import type { ProofOptions } from './options.ts';
import { quiet } from './quiet.ts';
import type { Figures } from './report.ts';
import { rush, seconds } from './rush.ts';
import type { Verdict } from './run-proof.ts';
import { startServers, stopAll } from './server-process.ts';
import { readState } from './state.ts';
import { planStrikes, type Recovery, Striker, type Victim } from './strikes.ts';

const PATIENCE = { calm: 120_000, mixed: 420_000 };

type Kills = Pick<ProofOptions, 'seed' | 'orders' | 'clients' | 'servers' | 'isMixed'> & {
  readonly victims?: Readonly<Record<Victim, number>>;
  readonly mixture?: Temper;
};

/** The rush of `proof:contention`, while servers and PostgreSQL are killed again and again, at any moment. */
export async function proveKills(ground: ProofGround, options: Kills): Promise<Verdict> {
  const { seed, orders, clients, isMixed, mixture = stormy, victims = victimsOn(ground) } = options;
  const demand = planDemand({ seed, orders, temper: isMixed ? mixture : calm });
  const servers = await startServers(ground, options.servers);
  const striker = new Striker(planStrikes(seed, orders, victims), ground, servers);
  const patience = isMixed ? PATIENCE.mixed : PATIENCE.calm;
  const { onPlaced } = striker;
  const rushing = rush({ ground, servers, demand, clients, patience, isDisturbed: true, onPlaced });
  const { evidence, figures } = await rushing;
  const recoveries = await striker.recoveries();
  await quiet(ground);
  const stopped = await stopAll(servers);
  const judgeNow = async () => judgeRush(await readState(ground), evidence, isMixed);
  return {
    figures: { ...figures, ...(await describeRecoveries(ground, recoveries)) },
    balances: [judgeStrikes(victims, recoveries), ...(await judgeNow()), stopped],
    judgeAgain: judgeNow,
  };
}

const victimsOn = ({ killPostgres }: ProofGround) => ({ server: 10, postgres: killPostgres ? 3 : 0 });

/** A proof in which nothing was killed proves nothing. */
const judgeStrikes = (victims: Readonly<Record<Victim, number>>, recoveries: readonly Recovery[]): Balance =>
  balance('kills', accountOf(Object.entries(victims)), accountOf(recoveries.map(({ victim }) => [victim, 1])));

async function describeRecoveries(ground: Ground, recoveries: readonly Recovery[]): Promise<Figures> {
  const decided = await Promise.all(recoveries.map(({ struckAt }) => nextDecisionAfter(ground, struckAt)));
  const ofVictim = (victim: Victim) => recoveries.filter((recovery) => recovery.victim === victim);
  const answers = (victim: Victim) => spread(ofVictim(victim).map(({ answeredAfter }) => answeredAfter));
  return {
    'server killed → calls answered again': answers('server'),
    'PostgreSQL killed → calls answered again': answers('postgres'),
    'killed → next order confirmed or cancelled': spread(decided.filter((after) => after !== undefined)),
  };
}

const spread = (milliseconds: readonly number[]): string =>
  milliseconds.length === 0
    ? 'never'
    : `${seconds(Math.min(...milliseconds))} to ${seconds(Math.max(...milliseconds))}, ${milliseconds.length} times`;

/** Milliseconds; nothing where no order was left to decide on. */
async function nextDecisionAfter({ database }: Ground, moment: Date): Promise<number | undefined> {
  const [row] = await query<{ at: Date | null }>(
    database,
    `select min(recorded_at) as at from messaging.log
      where recorded_at > $1 and type in ('checkout.OrderConfirmed', 'checkout.OrderCancelled')`,
    [moment],
  );
  return row!.at ? row!.at.getTime() - moment.getTime() : undefined;
}
