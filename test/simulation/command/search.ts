import { Worker } from 'node:worker_threads';
import type { Choices, Verdict } from '../simulate.ts';
import type { Options } from './options.ts';

/** Which seeds, and how. */
export type Search = Omit<Options, 'isTraced'>;

/** What one thread does: every so manieth seed, as long as there is time. */
export interface Share extends Pick<Choices, 'missing' | 'circumstances'> {
  readonly first: number;
  readonly step: number;
  readonly end: number;
  /** By this machine's clock, milliseconds. */
  readonly deadline: number;
}

/** Runs seed after seed, on several threads, until one breaks a promise or there are no more; returns the one that did. */
export async function search(options: Search, onVerdict: (verdict: Verdict) => void): Promise<Verdict | undefined> {
  let broken: Verdict | undefined;
  const workers = sharesOf(options).map((share) => new Worker(SEARCHER, { workerData: share }));
  const take = (verdict: Verdict) => {
    if (broken) return;
    onVerdict(verdict);
    if (verdict.problem === undefined) return;
    broken = verdict;
    for (const worker of workers) void worker.terminate();
  };
  await Promise.all(workers.map((worker) => untilGone(worker.on('message', take))));
  return broken;
}

const SEARCHER = new URL('./searcher.ts', import.meta.url);

function sharesOf({ first, seeds, minutes, threads, missing, circumstances }: Search): readonly Share[] {
  const step = Math.min(threads, seeds);
  const deadline = Date.now() + minutes * 60_000;
  const all = { step, end: first + seeds, deadline, missing, circumstances };
  return Array.from({ length: step }, (_, at) => ({ ...all, first: first + at }));
}

const untilGone = (worker: Worker) =>
  new Promise<void>((resolve, reject) => {
    worker.on('error', reject).on('exit', () => resolve());
  });
