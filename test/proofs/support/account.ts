/** Amounts by name: pieces by product and warehouse, money by order. What is not named is nothing. */
export type Account = ReadonlyMap<string, bigint>;

/** Two accounts of the same thing, and where they differ. */
export interface Balance {
  readonly name: string;
  readonly expected: bigint;
  readonly actual: bigint;
  readonly differences: readonly Difference[];
  readonly unit: Unit;
}

export type Unit = 'pieces' | 'money';

interface Difference {
  readonly entry: string;
  readonly expected: bigint;
  readonly actual: bigint;
}

/** Amounts under the same name add up. */
export function accountOf(entries: Iterable<readonly [name: string, amount: bigint | number]>): Account {
  const account = new Map<string, bigint>();
  for (const [name, amount] of entries) account.set(name, (account.get(name) ?? 0n) + BigInt(amount));
  return account;
}

/** Every name once. */
export const onceEach = (names: Iterable<string>): Account => new Map(Array.from(names, (name) => [name, 1n]));

export const NOTHING: Account = new Map();

/** Holds when every single entry is the same in both; equal sums are not enough. */
export function balance(name: string, expected: Account, actual: Account, unit: Unit = 'pieces'): Balance {
  const entries = [...new Set([...expected.keys(), ...actual.keys()])];
  const differences = entries
    .map((entry) => ({ entry, expected: expected.get(entry) ?? 0n, actual: actual.get(entry) ?? 0n }))
    .filter((difference) => difference.expected !== difference.actual);
  return { name, expected: sumOf(expected), actual: sumOf(actual), differences, unit };
}

export const holds = ({ differences }: Balance): boolean => differences.length === 0;

const sumOf = (account: Account): bigint => [...account.values()].reduce((sum, amount) => sum + amount, 0n);
