import { parseArgs } from 'node:util';

export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Names of scenarios; empty: all. */
  readonly only: readonly string[];
  /** Where the figures are written to as JSON. */
  readonly json: string | undefined;
  readonly mustList: boolean;
  readonly mustHelp: boolean;
}

/** The command line cannot be understood. */
export class InvalidOption extends Error {}

export const HELP = `npm run chaos -- [options]

Lets everything go wrong on a PostgreSQL of its own, and says which promises held.

  --minutes M        how long things go wrong, all scenarios together (default 5);
                     a scenario that needs longer to show anything takes longer
  --seed S           what goes wrong when (default: another at every run)
  --only SCENARIO    only this one; may be given again, and may list some: kills,poison
  --json FILE        writes all figures there
  --list             the scenarios
  --help             this

Ends with 0 when every promise held, with 1 when one was broken, with 2 when it was not understood.
`;

const DEFAULT_MINUTES = 5;

/** @throws {InvalidOption} */
export function readOptions(words: readonly string[], known: readonly string[]): ChaosOptions {
  const { minutes, seed, only = [], json, list = false, help = false } = parse(words);
  const wanted = only.flatMap((names) => names.split(','));
  const strange = wanted.filter((name) => !known.includes(name));
  if (strange.length > 0)
    throw new InvalidOption(
      `--only must name scenarios, and ${strange.join(', ')} is none; there are ${known.join(', ')}`,
    );
  return {
    minutes: minutes === undefined ? DEFAULT_MINUTES : minutesOf(minutes),
    seed: seed === undefined ? Date.now() % 1_000_000 : seedOf(seed),
    only: wanted,
    json,
    mustList: list,
    mustHelp: help,
  };
}

function parse(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const only = { type: 'string', multiple: true } as const;
  try {
    const options = { minutes: text, seed: text, only, json: text, list: flag, help: flag };
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    throw new InvalidOption((error as Error).message);
  }
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (/^\d{1,4}(\.\d{1,3})?$/.test(text) && minutes > 0) return minutes;
  throw new InvalidOption(`--minutes must be a number above 0, and is ${JSON.stringify(text)}`);
}

function seedOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidOption(`--seed must be a whole number, and is ${JSON.stringify(text)}`);
}
