import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../../proofs/support/ground.ts';
import { killWorker } from '../faults/processes.ts';
import { openGround } from '../ground/ground.ts';
import { Stage } from '../stage.ts';
import type { Check } from '../verdict.ts';
import { judgeEnds, verdictOf } from './judgement.ts';
import type { Scenario } from './scenario.ts';

const PROCESSES = 4;
/** Milliseconds within which all have seen who is there. */
const UNTIL_SETTLED = 3_000;
const CALM = 5_000;

export const four: Scenario = {
  name: 'four-processes',
  about: 'four relay processes on one database share the lanes, and any of them may die',
  shortest: 20,
  async play({ chance, duration, signal }) {
    await using ground = await openGround();
    await using stage = await Stage.open(ground, chance, { workers: PROCESSES });
    const calms = [await watchCalm(stage)];
    let strikes = 0;
    for (const end = performance.now() + duration; performance.now() < end && !signal.aborted; strikes += 1) {
      await killWorker.strike(stage);
      await stage.recover();
    }
    calms.push(await watchCalm(stage));
    await stage.quieten();
    return await verdictOf(stage, [...calms.flatMap(judgeCalm), judgeEnds(stage)], { strikes });
  },
};

/** Who worked each lane while nobody came or went, one after the other. */
type Calm = ReadonlyMap<string, readonly number[]>;

async function watchCalm({ ground }: Stage): Promise<Calm> {
  await sleep(UNTIL_SETTLED);
  const [before] = await query<{ last: number }>(
    ground.admin,
    'select coalesce(max(sequence), 0)::int as last from chaos.effects',
  );
  await sleep(CALM);
  const effects = await query<{ subscriber: string; worker: number }>(
    ground.admin,
    'select subscriber, worker from chaos.effects where sequence > $1 order by sequence',
    [before!.last],
  );
  const byLane = Map.groupBy(effects, ({ subscriber }) => subscriber);
  return new Map([...byLane].map(([lane, own]) => [lane, own.map(({ worker }) => worker)]));
}

function judgeCalm(calm: Calm): readonly Check[] {
  const handOvers = [...calm].flatMap(([lane, workers]) =>
    workers.flatMap((worker, at) => (at > 0 && worker !== workers[at - 1] ? [`${lane} went from one to another`] : [])),
  );
  const held = new Map<number, number>();
  for (const workers of calm.values()) held.set(workers[0]!, (held.get(workers[0]!) ?? 0) + 1);
  const shares = Array.from({ length: PROCESSES }, (_, at) => [...held.values()][at] ?? 0);
  const share = calm.size / PROCESSES;
  return [
    { promise: 'no lane changes hands while nobody comes or goes', examined: calm.size, broken: handOvers },
    {
      promise: 'each process holds its share of the lanes, give or take one',
      examined: PROCESSES,
      broken: shares.filter((own) => Math.abs(own - share) > 1).map((own) => `${own} of ${calm.size} lanes`),
    },
  ];
}
