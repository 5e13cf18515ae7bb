import { expect, test } from 'vitest';
import { InvalidOption, readOptions } from './options.ts';

const KNOWN = ['kills', 'poison', 'failover'];
const read = (...words: string[]) => readOptions(words, KNOWN);

test('chaos is told how long, from which seed, and what', () => {
  const options = read(
    '--minutes',
    '0.5',
    '--seed',
    '7',
    '--only',
    'kills,poison',
    '--only',
    'failover',
    '--json',
    'out',
  );
  expect(options).toMatchObject({ minutes: 0.5, seed: 7, only: KNOWN, json: 'out', mustHelp: false });
  expect(read('--help', '--list')).toMatchObject({ minutes: 5, only: [], mustHelp: true, mustList: true });
});

test.each([
  [['--minutes', '0'], '--minutes must be a number above 0, and is "0"'],
  [['--minutes', 'ten'], '--minutes must be a number above 0, and is "ten"'],
  [['--seed', '-1'], '--seed'],
  [['--only', 'kills,floods'], '--only must name scenarios, and floods is none; there are kills, poison, failover'],
  [['--loud'], '--loud'],
])('chaos does not guess what %j means', (words, message) => {
  expect(() => readOptions(words, KNOWN)).toThrow(InvalidOption);
  expect(() => readOptions(words, KNOWN)).toThrow(message);
});
