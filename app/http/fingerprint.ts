import { createHash, scrypt, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';

/** What a digest of a password costs, as scrypt counts it. */
export type DigestCost = Readonly<Required<Pick<ScryptOptions, 'N' | 'r' | 'p' | 'maxmem'>>>;

/** No less than a password's own hash costs: a guess must not get cheaper by this. */
export const USUAL_COST: DigestCost = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 };

/** What an idempotency key was used for. */
export interface KeyedInput {
  readonly operation: string;
  readonly key: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The fields of the input that hold passwords. */
  readonly secrets: readonly string[];
}

/**
 * Tells a repeat from another request under the same key. It is stored, so of passwords it holds no more than two bytes of a
 * slow, salted digest: enough to notice another password, far too few to find one by.
 */
export async function fingerprintOf(
  { operation, key, input, secrets }: KeyedInput,
  cost: DigestCost = USUAL_COST,
): Promise<string> {
  const { secret = [], open = [] } = Object.groupBy(Object.entries(input), ([name]) =>
    secrets.includes(name) ? 'secret' : 'open',
  );
  const digest = digestOf(open);
  if (secret.length === 0) return digest;
  const trace = await slowDigest(textOf(secret), `${operation} ${key} ${digest}`, TRACE_BYTES, cost);
  return `${digest}.${trace.toString('hex')}`;
}

type Fields = readonly (readonly [name: string, value: unknown])[];

const digestOf = (fields: Fields): string => createHash('sha256').update(textOf(fields)).digest('base64url');

const slowDigest = promisify<string, string, number, ScryptOptions, Buffer>(scrypt);
const TRACE_BYTES = 2;

/** The same for the same input, in whatever order its fields came. */
const textOf = (fields: Fields): string => JSON.stringify(Object.fromEntries(fields), sortFields);

function sortFields(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
