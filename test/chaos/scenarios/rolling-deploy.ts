import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../../proofs/support/ground.ts';
import { openGround } from '../ground/ground.ts';
import type { Edition } from '../office/events.ts';
import { Stage } from '../stage.ts';
import type { Check } from '../verdict.ts';
import { judgeEnds, verdictOf } from './judgement.ts';
import type { Scenario } from './scenario.ts';

export const rollingDeploy: Scenario = {
  name: 'rolling-deploy',
  about: 'old and new code together, with a new event version and a renamed subscriber, forwards and back',
  shortest: 16,
  async play({ chance, duration, signal }) {
    await using ground = await openGround();
    await using stage = await Stage.open(ground, chance, { workers: 2 });
    let strikes = 0;
    const step = async (edition: Edition) => {
      for (const at of [0, 1]) {
        if (signal.aborted) return;
        await sleep(duration / 8);
        await replace(stage, at, edition);
        strikes += 1;
      }
    };
    await step('new');
    await step('old');
    await step('new');
    await stage.recover();
    await stage.quieten();
    const dead = await query<{ id: string }>(ground.admin, 'select id from chaos.parked where is_dead');
    const checks: Check[] = [
      { promise: 'nothing is dead', examined: strikes, broken: dead.map(({ id }) => id) },
      judgeEnds(stage),
    ];
    return await verdictOf(stage, checks, { strikes });
  },
};

/** A process of one edition takes the place of one of the other, and begins to publish as well. */
async function replace(stage: Stage, at: number, edition: Edition): Promise<void> {
  const worker = await stage.addWorker({ edition, clockOffset: 0 });
  await worker.crew.start();
  await stage.workers[stage.workers.length - 3]?.crew.stop();
  if (at === 0) return;
  const producer = await stage.addProducer({ edition });
  await producer.crew.start();
  await stage.producers[stage.producers.length - 2]?.crew.stop();
}
