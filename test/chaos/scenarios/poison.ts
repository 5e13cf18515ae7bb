import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../../proofs/support/ground.ts';
import { type Ground, openGround } from '../ground/ground.ts';
import { POISONS } from '../office/events.ts';
import { type Post, Stage } from '../stage.ts';
import type { Check, LoggedFact, Parking } from '../verdict.ts';
import { verdictOf } from './judgement.ts';
import type { Scenario } from './scenario.ts';

const PATIENT_PAUSE = 250;
const LOOK_EVERY = 100;
/** Milliseconds within which a process that sends poison has sent some. */
const PATIENCE = 60_000;
/** A blocked loop is noticed after 5 s, twice for each such event, and each time a process starts anew, milliseconds. */
const RECOVERY = 25_000;

export const poison: Scenario = {
  name: 'poison',
  about: 'events that throw, hang, block the loop, end the process, or fail with texts no table can hold',
  shortest: 25,
  async play({ chance, duration, signal }) {
    await using ground = await openGround();
    await using stage = await Stage.open(ground, chance, { workers: 2 });
    const poisoner = await stage.addProducer({ clients: 1, pause: PATIENT_PAUSE / stage.slowness, poisons: POISONS });
    const end = performance.now() + duration;
    for (let at = 0; (performance.now() < end || at < POISONS.length) && !signal.aborted; at += 1) {
      await sendOne(ground, poisoner);
      await stage.recover();
    }
    await stage.quieten();
    const { log, parked } = await stage.evidence();
    const poisons = log.filter(({ type, poison }) => type === 'chaos.EntryMade' && poison !== null);
    return await verdictOf(stage, [judgePoisons(poisons, parked), judgeKinds(poisons)], {
      strikes: poisons.length,
      recovery: RECOVERY,
    });
  },
};

/** Starts the process that sends poison, and ends it once it has sent some; it goes on with the next kind. */
async function sendOne(ground: Ground, { crew }: Post): Promise<void> {
  const before = await countPoisons(ground);
  await crew.start();
  for (const end = performance.now() + PATIENCE; performance.now() < end; await sleep(LOOK_EVERY))
    if ((await countPoisons(ground)) > before) break;
  await crew.stop();
}

async function countPoisons({ admin }: Ground): Promise<number> {
  const text = `select count(*)::int as count from messaging.log where type = 'chaos.EntryMade' and data->>'poison' is not null`;
  const [poisons] = await query<{ count: number }>(admin, text);
  return poisons!.count;
}

/** Parked, at the one subscriber that is not proof against it, with a text that says what happened. */
const judgePoisons = (poisons: readonly LoggedFact[], parked: readonly Parking[]): Check => ({
  promise: 'every poison is parked, readably, where it does harm',
  examined: poisons.length,
  broken: poisons.flatMap(({ id, poison }) => {
    const places = parked.filter(({ eventId }) => eventId === id);
    const isRight = places.length === 1 && places[0]!.subscriber === 'chaos.taste' && places[0]!.error;
    return isRight
      ? []
      : [`${poison}: ${places.map(({ subscriber, error }) => `${subscriber}: ${error}`).join(', ') || 'nowhere'}`];
  }),
});

const judgeKinds = (poisons: readonly LoggedFact[]): Check => ({
  promise: 'every kind of poison was among them',
  examined: POISONS.length,
  broken: POISONS.filter((kind) => !poisons.some(({ poison }) => poison === kind)),
});
