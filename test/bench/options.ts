import { parseArgs } from 'node:util';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

export interface Options {
  /** All of them where none is named. */
  readonly scenarios: readonly string[];
  readonly peers: boolean;
  readonly check: boolean;
  readonly json?: string | undefined;
  /** What an earlier run wrote with `json`: it is judged, and nothing is run. */
  readonly judge?: string | undefined;
  readonly rounds: number;
  readonly events?: number | undefined;
  readonly profiles?: string | undefined;
  /** Whoever has this in their name; everybody, where it is left out. */
  readonly only?: string | undefined;
  readonly help: boolean;
}

/** The command line cannot be understood. */
export class InvalidOption extends Error {}

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean', default: false } as const;
const ROUNDS = '3';

/** @throws {InvalidOption} */
export function readOptions(words: readonly string[]): Options {
  const { values, positionals: scenarios } = parse(words);
  const unknown = scenarios.find((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown) throw new InvalidOption(`there is no scenario ${JSON.stringify(unknown)}; see --help`);
  return {
    ...values,
    scenarios,
    rounds: wholeNumber('rounds', values.rounds),
    events: values.events === undefined ? undefined : wholeNumber('events', values.events),
  };
}

function parse(words: readonly string[]) {
  const options = {
    peers: FLAG,
    check: FLAG,
    help: FLAG,
    json: TEXT,
    judge: TEXT,
    events: TEXT,
    profiles: TEXT,
    only: TEXT,
    rounds: { ...TEXT, default: ROUNDS },
  };
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options });
  } catch (error) {
    throw new InvalidOption((error as Error).message);
  }
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidOption(`--${name} must be a whole number of at least 1, and is ${JSON.stringify(text)}`);
}

const describe = ({ name, about, events, isLong }: Scenario): string =>
  `  ${name.padEnd(16)}${about} (${events.toLocaleString('en')}${isLong ? '; only when it is named' : ''})`;

export const HELP = `npm run bench -- [scenario…] [options]

Measures the post office, beside a naive outbox and other libraries. Everybody does the same work: an order and its event
are committed together, and each of three subscribers writes one row for it, exactly once. Whose rows are wrong is
disqualified. Each contender runs in a process of its own, in a fresh database of an embedded PostgreSQL with fsync on, in
the folder for temporary files: that should be a real disk. Rounds are interleaved, and the tables show medians. In
order-flow whole shops are measured from outside, over HTTP; it needs Linux.

${SCENARIOS.map(describe).join('\n')}

  --peers          also other libraries; installs them in test/bench/peers when they are missing
  --check          compares with the floors; the exit code is 1 when one is missed
  --rounds N       how often everybody runs (${ROUNDS})
  --events N       instead of the number in parentheses
  --only TEXT      only those that have this in their name
  --json FILE      writes all that was measured
  --judge FILE     runs nothing, and judges what an earlier run wrote, by the floors as they are now
  --profiles DIR   writes a CPU profile of each process that delivers or serves, and what each statement of a shop costs
`;
