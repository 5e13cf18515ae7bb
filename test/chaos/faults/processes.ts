import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';

const LONGEST_DEATH = 1_000;
/** Three times as long as the longest time-out that ends a transaction nobody works on. */
const THREE_TIME_OUTS = 15_000;

export const killWorker: Fault = {
  name: 'kill -9 of a relay process',
  async strike({ chance, workers }) {
    const { crew } = chance.among(workers);
    await crew.kill();
    await sleep(chance.below(LONGEST_DEATH));
    await crew.start();
  },
};

export const killProducer: Fault = {
  name: 'kill -9 of a producing process',
  async strike({ chance, producers }) {
    const { crew } = chance.among(producers);
    await crew.kill();
    await crew.start();
  },
};

export const freezeWorker: Fault = {
  name: 'SIGSTOP of a relay process for three time-outs',
  async strike({ chance, workers }) {
    const { crew } = chance.among(workers);
    crew.signal('SIGSTOP');
    await sleep(THREE_TIME_OUTS);
    crew.signal('SIGCONT');
  },
};
