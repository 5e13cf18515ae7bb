/** A value that JSON would lose or change; refused before anything is stored. `path` names the field. */
export class NotFaithfulJson extends Error {
  readonly path: string;

  constructor(path: string, why: string) {
    super(`${path || 'the value'} ${why}`);
    this.name = 'NotFaithfulJson';
    this.path = path;
  }
}

/** Passes only what reads back from JSON, and from PostgreSQL, exactly as it was written. @throws {NotFaithfulJson} */
export function assertFaithfulJson(value: unknown): void {
  const found = flawIn(value);
  if (found) throw new NotFaithfulJson(found.path.replace(/^\./, ''), found.why);
}

/** Where a value goes wrong, and how. Its path is put together on the way back: hardly any value goes wrong. */
interface Flaw {
  readonly path: string;
  readonly why: string;
}

const flaw = (why: string): Flaw => ({ path: '', why });

const inside = (step: string, { path, why }: Flaw): Flaw => ({ path: step + path, why });

function flawIn(value: unknown): Flaw | undefined {
  if (value === null || typeof value === 'boolean' || value === undefined) return undefined;
  if (typeof value === 'string') return flawInText(value);
  if (typeof value === 'number') return flawInNumber(value);
  if (Array.isArray(value)) return flawInList(value);
  if (typeof value === 'object' && isPlain(value)) return flawInFields(value as Readonly<Record<string, unknown>>);
  return flaw(`is a ${typeof value} that JSON cannot hold`);
}

function flawInText(value: string): Flaw | undefined {
  if (value.includes('\0')) return flaw('contains a NUL byte');
  if (!value.isWellFormed()) return flaw('contains a lone surrogate');
  return undefined;
}

function flawInNumber(value: number): Flaw | undefined {
  if (!Number.isFinite(value)) return flaw(`is ${value}`);
  if (Object.is(value, -0)) return flaw('is negative zero');
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return flaw('is beyond 2^53');
  return undefined;
}

function flawInList(list: readonly unknown[]): Flaw | undefined {
  for (let at = 0; at < list.length; at += 1) {
    const found = list[at] === undefined ? flaw('is undefined inside a list') : flawIn(list[at]);
    if (found) return inside(`[${at}]`, found);
  }
  return undefined;
}

function flawInFields(fields: Readonly<Record<string, unknown>>): Flaw | undefined {
  for (const name of Object.keys(fields)) {
    const found = flawInText(name) ?? flawIn(fields[name]);
    if (found) return inside(`.${name}`, found);
  }
  return undefined;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
