import type { Balance } from './account.ts';
import { type Evidence, judge } from './balances.ts';
import { calm, planDemand, stormy, type Temper } from './demand.ts';
import type { Ground } from './ground.ts';
import type { ProofOptions } from './options.ts';
import { quiet } from './quiet.ts';
import { rush } from './rush.ts';
import type { Verdict } from './run-proof.ts';
import { startServers, stopAll } from './server-process.ts';
import { readState, type State } from './state.ts';
import { judgeShortages } from './stock.ts';

/** Longer than it takes to find out that a gateway never answers. */
const PATIENCE = { calm: 60_000, mixed: 360_000 };

type Contention = Pick<ProofOptions, 'seed' | 'orders' | 'clients' | 'servers' | 'isMixed'> & {
  readonly mixture?: Temper;
};

/** Many order at once what is there for half of them. With `--mix`, payments fail and customers change their minds as well. */
export async function proveContention(ground: Ground, options: Contention): Promise<Verdict> {
  const { seed, orders, clients, isMixed, mixture = stormy } = options;
  const demand = planDemand({ seed, orders, temper: isMixed ? mixture : calm });
  const servers = await startServers(ground, options.servers);
  const patience = isMixed ? PATIENCE.mixed : PATIENCE.calm;
  const { evidence, figures } = await rush({ ground, servers, demand, clients, patience });
  await quiet(ground);
  const stopped = await stopAll(servers);
  const judgeNow = async () => judgeRush(await readState(ground), evidence, isMixed);
  return { figures, balances: [...(await judgeNow()), stopped], judgeAgain: judgeNow };
}

/** Where stock is never released, nobody is refused what is there. */
export const judgeRush = (state: State, evidence: Evidence, isMixed: boolean): readonly Balance[] => [
  ...judge(state, evidence),
  ...(isMixed ? [] : [judgeShortages(state)]),
];
