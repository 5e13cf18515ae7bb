import { parseArgs } from 'node:util';

/** What a proof may be told, all of it optional. */
export interface ProofOptions {
  readonly seed: number;
  readonly orders: number;
  readonly clients: number;
  /** Server processes on one database. */
  readonly servers: number;
  readonly isMixed: boolean;
  /** The database and the logs stay, to be looked at. */
  readonly isKept: boolean;
}

/** What a proof does where it is not told. */
export type Defaults = Pick<ProofOptions, 'orders' | 'clients' | 'servers'>;

/** The command line cannot be understood. */
export class InvalidOption extends Error {}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OPTIONS = { seed: text, orders: text, clients: text, servers: text, mix: flag, keep: flag } as const;

const WHOLE = /^\d{1,9}$/;

/** @throws {InvalidOption} */
export function readOptions(words: readonly string[], defaults: Defaults): ProofOptions {
  const { seed, orders, clients, servers, mix = false, keep = false } = parse(words).values;
  return {
    seed: seed === undefined ? Date.now() % 1_000_000 : numberOf('seed', seed, 0),
    orders: orders === undefined ? defaults.orders : numberOf('orders', orders, 1),
    clients: clients === undefined ? defaults.clients : numberOf('clients', clients, 1),
    servers: servers === undefined ? defaults.servers : numberOf('servers', servers, 1),
    isMixed: mix,
    isKept: keep,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS });
  } catch (error) {
    throw new InvalidOption((error as Error).message);
  }
}

function numberOf(name: string, words: string, least: number): number {
  if (WHOLE.test(words) && Number(words) >= least) return Number(words);
  const rule = least > 0 ? `a whole number of at least ${least}` : 'a whole number';
  throw new InvalidOption(`--${name} must be ${rule}, and is ${JSON.stringify(words)}`);
}

export const describeOptions = ({ orders, clients, servers }: Defaults): string => `\
  --orders <n>    how many order (${orders})
  --clients <n>   how many of them at once (${clients})
  --servers <n>   before how many server processes (${servers}), where the proof is a rush
  --mix           payments fail, gateways hang, and customers change their minds, where the proof is a rush
  --seed <n>      what happens by chance; without it, something else each time
  --keep          keep the database and the logs, also when all balances hold
`;

/** What holds for every proof. */
export const GROUND_HELP = `\
Prints its balances, and ends with 1 when one does not hold. It is proven on a PostgreSQL of its own; where DATABASE_URL is
set, on that server, in a database that is made for it and dropped.
`;
