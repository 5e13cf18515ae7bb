import { freezeBackend, judgeStruck, terminateBackend } from '../faults/backends.ts';
import { killPostmaster, restartPostgres } from '../faults/postgresql.ts';
import { blackHole, delayLine, dropCommitReplies, resetLine } from '../faults/lines.ts';
import { freezeWorker, killProducer, killWorker } from '../faults/processes.ts';
import { setClock } from '../faults/clocks.ts';
import {
  foreignWriterElsewhere,
  foreignWriterHere,
  heldSnapshot,
  preparedTransaction,
} from '../faults/transactions.ts';
import { failover } from './failover.ts';
import { four } from './four.ts';
import { fullDisk } from './full-disk.ts';
import { poison } from './poison.ts';
import { rollingDeploy } from './rolling-deploy.ts';
import type { Stage } from '../stage.ts';
import type { Check } from '../verdict.ts';
import { judgeEnds, RECOVERY } from './judgement.ts';
import type { Scenario } from './scenario.ts';
import { shop } from './shop.ts';
import { storm } from './storm.ts';

const HOUR = 60 * 60 * 1000;

/** Milliseconds until a connection without an answer is given up; a second more where the machine is busy. */
const UNANSWERED = 10_000;
const BUSY = 1_000;
/** Until the first is given up, and with it those that idle, somebody may have taken another. */
const TWO_IN_TURN = 2 * UNANSWERED;

const judgeWaits = ({ posts }: Pick<Stage, 'posts'>): Check => {
  const waits = posts.flatMap(({ line }) => line.waits);
  return {
    promise: `a connection is given up after ${UNANSWERED / 1000} s without an answer`,
    examined: waits.length,
    broken: waits.filter((wait) => wait > UNANSWERED + BUSY).map((wait) => `one was waited for ${Math.round(wait)} ms`),
  };
};

/** Everything that chaos can do. */
export const scenarios: readonly Scenario[] = [
  storm({
    name: 'kills',
    about: 'relay and producing processes are killed with kill -9',
    shortest: 6,
    staffing: { workers: 2, producers: 2 },
    faults: [killWorker, killProducer],
    every: 400,
  }),
  storm({
    name: 'backends',
    about: 'connections are terminated by PostgreSQL, at random',
    shortest: 5,
    staffing: { workers: 2 },
    faults: [terminateBackend],
    every: 60,
    inARow: 20,
    judge: (stage) => [judgeEnds(stage), judgeStruck(stage)],
  }),
  storm({
    name: 'frozen-backends',
    about: 'backends stand still for a while (SIGSTOP, SIGCONT)',
    shortest: 6,
    staffing: { workers: 2 },
    faults: [freezeBackend],
    every: 100,
    judge: (stage) => [judgeEnds(stage), judgeStruck(stage)],
  }),
  storm({
    name: 'commit-replies',
    about: 'the reply to COMMIT is lost, so that nobody knows whether it happened',
    shortest: 5,
    staffing: { workers: 2, producers: 2 },
    faults: [dropCommitReplies],
    every: 50,
    inARow: 10,
  }),
  storm({
    name: 'lines',
    about: 'connections are reset, and slow',
    shortest: 5,
    staffing: { workers: 2 },
    faults: [resetLine, delayLine],
    every: 300,
    inARow: 5,
  }),
  storm({
    name: 'half-open',
    about: 'connections are half-open: nothing comes through, and nobody is told',
    shortest: 20,
    staffing: { workers: 2 },
    faults: [blackHole],
    every: 1_000,
    inARow: 1,
    recovery: TWO_IN_TURN + RECOVERY / 2,
    judge: (stage) => [judgeEnds(stage), judgeWaits(stage)],
  }),
  storm({
    name: 'postmaster',
    about: 'the postmaster is killed with kill -9, and started again',
    shortest: 8,
    staffing: { workers: 2 },
    faults: [killPostmaster],
    every: 2_000,
    inARow: 1,
  }),
  storm({
    name: 'restarts',
    about: 'PostgreSQL restarts under load, every 7 s',
    shortest: 15,
    staffing: { workers: 2 },
    faults: [restartPostgres],
    every: 7_000,
    inARow: 1,
  }),
  storm({
    name: 'frozen-worker',
    about: 'a relay process stands still three time-outs long (SIGSTOP, SIGCONT): a zombie comes back',
    shortest: 18,
    staffing: { workers: 3 },
    faults: [freezeWorker],
    every: 1_000,
    inARow: 1,
  }),
  storm({
    name: 'held',
    about: 'a held snapshot, foreign open writers here and elsewhere, a prepared transaction',
    shortest: 10,
    staffing: { workers: 2 },
    faults: [heldSnapshot, foreignWriterHere, foreignWriterElsewhere, preparedTransaction],
    every: 300,
    inARow: 1,
  }),
  storm({
    name: 'clocks',
    about: 'clocks an hour apart, and set while they run; due facts come when they are due',
    shortest: 8,
    staffing: { workers: 3, clockOffsets: [-HOUR, 0, HOUR] },
    faults: [setClock, killWorker],
    every: 500,
  }),
  fullDisk,
  failover,
  poison,
  four,
  rollingDeploy,
  shop,
];
