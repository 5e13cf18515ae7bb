import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createOperations, type Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { createPool, type DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { query } from '../../proofs/support/ground.ts';
import type { Cluster } from '../ground/cluster.ts';
import { openGround, type PrivateGround } from '../ground/ground.ts';
import { openLine } from '../ground/line.ts';
import { openStandby, PRIMARY_SETTINGS, untilCaughtUp } from '../ground/standby.ts';
import { Stage } from '../stage.ts';
import type { Check } from '../verdict.ts';
import { verdictOf } from './judgement.ts';
import type { Scenario } from './scenario.ts';

const WORKERS = 2;
/** Milliseconds in which every process has to notice that the log went back. */
const NOTICED_WITHIN = 15_000;
const LOOK_EVERY = 50;
/** The old primary comes up again by itself: nobody may find it. */
const NOWHERE = { host: '/nowhere', port: 5432, user: 'nobody', database: 'none' };
/** What was acknowledged last is heard of a moment later. */
const LAST_WORDS = 500;
/** Much to do, so that lanes are behind when it happens. */
const HASTY = { workers: WORKERS, producers: 2, pause: 60 };

export const failover: Scenario = {
  name: 'failover',
  about: 'a standby that lags is promoted: the log goes back, and with it the ledger',
  shortest: 8,
  async play({ chance, duration, signal }) {
    const directory = await mkdtemp(join(tmpdir(), 'microlith-chaos-standby-'));
    await using ground = await openGround(PRIMARY_SETTINGS);
    const line = await openLine(ground.cluster.admin);
    const standby = await openStandby(ground.cluster, line, directory);
    try {
      const promoted = groundOn(standby);
      await using stage = await Stage.open(ground, chance, HASTY);
      await sleep(signal.aborted ? 0 : duration / 2);
      const kept = stage.acknowledged.length;
      await untilCaughtUp(ground.cluster, standby);
      await line[Symbol.asyncDispose]();
      const lagging = performance.now();
      await sleep(1_000 + chance.below(1_000));
      process.kill(await ground.cluster.postmaster(), 'SIGKILL');
      for (const { line: cut } of stage.posts) cut.leadTo(NOWHERE);
      for (const { line: cut } of stage.posts) cut.reset();
      await sleep(LAST_WORDS);
      const lost = stage.acknowledged.length;
      await promote(standby, stage);
      const lag = `${((performance.now() - lagging) / 1000).toFixed(1)} s`;
      stage.moveTo(promoted);
      const noticed = await untilNoticed(stage);
      // What was acknowledged while the standby lagged is gone with the primary; that is what a lagging standby means.
      stage.acknowledged.splice(kept, lost - kept);
      await using operator = new Resumer(promoted.database);
      await stage.recover();
      await stage.quieten();
      const verdict = await verdictOf(stage, [judgeStops(stage, operator.resumed)], { strikes: 1 });
      return {
        ...verdict,
        figures: {
          ...verdict.figures,
          'acknowledged, and lost with the primary': lost - kept,
          'noticed after': noticed,
          'lanes that stopped, and were resumed': operator.resumed.length,
          lag,
        },
      };
    } finally {
      await standby.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

const groundOn = (cluster: Cluster): PrivateGround => {
  const admin = { ...cluster.admin, database: 'microlith' };
  const nothing = async () => undefined;
  return { cluster, admin, database: { ...admin, user: 'microlith' }, [Symbol.asyncDispose]: nothing };
};

async function promote(standby: Cluster, stage: Stage): Promise<void> {
  await query(standby.admin, 'select pg_promote()');
  for (const { line } of stage.posts) line.leadTo(standby.admin);
  for (const { line } of stage.posts) line.reset();
}

/** Resolves when every worker has noticed, or patience ends; says after how long. */
async function untilNoticed(stage: Stage): Promise<string> {
  const began = performance.now();
  while (stage.stops.length < WORKERS && performance.now() - began < NOTICED_WITHIN) await sleep(LOOK_EVERY);
  return `${((performance.now() - began) / 1000).toFixed(2)} s`;
}

/** A person who has found out what was lost, and lets every lane go on that has stopped. */
class Resumer implements AsyncDisposable {
  readonly resumed: string[] = [];
  readonly #pool: pg.Pool;
  readonly #operations: Operations;
  readonly #stop = new AbortController();
  readonly #work: Promise<void>;

  constructor(database: DatabaseAddress) {
    this.#pool = createPool(database, { largest: 1, reportError: () => undefined });
    this.#operations = createOperations(this.#pool, []);
    this.#work = this.#resumeAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#work;
    await this.#pool.end();
  }

  async #resumeAll(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      for (const { subscriber, pausedBecause } of (await this.#operations.status()).lanes)
        if (pausedBecause?.includes('is no longer event')) await this.#resume(subscriber);
      await sleep(LOOK_EVERY);
    }
  }

  async #resume(subscriber: string): Promise<void> {
    this.resumed.push(subscriber);
    await this.#operations.resume(subscriber, { actor: 'operator:chaos', reason: 'what is lost is known' });
  }
}

const judgeStops = ({ stops, ends }: Stage, resumed: readonly string[]): Check => ({
  promise: 'every process noticed and said why, and lanes whose effects were lost stopped',
  examined: WORKERS,
  broken: [
    ...(stops.length === WORKERS ? [] : [`${stops.length} of ${WORKERS} noticed`]),
    ...(resumed.length > 0 ? [] : ['no lane stopped']),
    ...stops.filter((why) => !why.startsWith('LogMoved: position')),
    ...ends.map((code) => `a process ended with ${code}`),
  ],
});
