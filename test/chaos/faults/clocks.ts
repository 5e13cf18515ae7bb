import type { Fault } from './fault.ts';

const DAY = 24 * 60 * 60 * 1000;

export const setClock: Fault = {
  name: 'the clock of a relay process is set, by up to a day',
  async strike({ chance, workers }) {
    chance.among(workers).crew.tell({ clockOffset: chance.below(2 * DAY) - DAY });
  },
};
