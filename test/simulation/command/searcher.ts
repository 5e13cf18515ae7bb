import { parentPort, workerData } from 'node:worker_threads';
import { simulate } from '../simulate.ts';
import type { Share } from './search.ts';

const { first, step, end, deadline, ...choices } = workerData as Share;

for (let seed = first; seed < end && Date.now() < deadline; seed += step)
  parentPort!.postMessage(await simulate(seed, choices), []);
