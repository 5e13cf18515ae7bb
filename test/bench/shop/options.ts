import { parseArgs } from 'node:util';
import type { ShopBench } from './bench-shop.ts';

export const HELP = `npm run bench:shop -- [options]

Places orders over HTTP, waits until each is confirmed, and says what that took. Needs Linux.

  --orders N      orders that are measured, after a warm-up (2000)
  --clients N     who order at the same time, each one order at once (8)
  --products N    how many products are sold; 1: every order wants the same stock row (100)
  --processes N   servers on one database (1)
  --seed N        which orders (1)
  --json          print JSON
  --help          print this
`;

export interface ShopOptions extends ShopBench {
  readonly isJson: boolean;
  readonly wantsHelp: boolean;
}

/** The command line cannot be understood. */
export class InvalidOption extends Error {}

const DEFAULTS = { orders: 2_000, clients: 8, products: 100, processes: 1, seed: 1 };
const NUMBERS = Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[];

/** @throws {InvalidOption} */
export function readOptions(words: readonly string[]): ShopOptions {
  const { json = false, help = false, ...given } = parse(words).values;
  const numbers = NUMBERS.map((name) => [name, numberOf(name, given[name])]);
  return { ...(Object.fromEntries(numbers) as typeof DEFAULTS), isJson: json, wantsHelp: help };
}

function parse(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    orders: text,
    clients: text,
    products: text,
    processes: text,
    seed: text,
    json: flag,
    help: flag,
  };
  try {
    return parseArgs({ args: [...words], options });
  } catch (error) {
    throw new InvalidOption((error as Error).message);
  }
}

function numberOf(name: keyof typeof DEFAULTS, text: string | undefined): number {
  if (text === undefined) return DEFAULTS[name];
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidOption(`--${name} must be a whole number from 1 to 9999999, and is ${JSON.stringify(text)}`);
}
