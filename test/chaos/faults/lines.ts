import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';

const LONGEST_WAIT = 1_000;
const LONGEST_DELAY = 60;

export const dropCommitReplies: Fault = {
  name: 'the replies to commits are lost',
  async strike({ chance, posts }) {
    const { line } = chance.among(posts);
    const before = line.droppedReplies;
    const count = 1 + chance.below(8);
    line.dropCommitReplies(count);
    for (let waited = 0; waited < LONGEST_WAIT && line.droppedReplies < before + count; waited += 10) await sleep(10);
    line.dropCommitReplies(0);
  },
};

export const resetLine: Fault = {
  name: 'connections are reset',
  async strike({ chance, posts }) {
    chance.among(posts).line.reset();
  },
};

export const delayLine: Fault = {
  name: 'a line is slow',
  async strike({ chance, posts }) {
    const { line } = chance.among(posts);
    line.delay = 1 + chance.below(LONGEST_DELAY);
    await sleep(chance.below(LONGEST_WAIT));
    line.delay = 0;
  },
};

export const blackHole: Fault = {
  name: 'connections are half-open',
  async strike({ chance, posts }) {
    chance.among(posts).line.blackHole();
  },
};
