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
export function assertFaithfulJson(value: unknown, path = ''): void {
  if (value === null || typeof value === 'boolean' || value === undefined) return;
  if (typeof value === 'string') return assertStorable(value, path);
  if (typeof value === 'number') return assertExact(value, path);
  if (Array.isArray(value)) return value.forEach((item, at) => assertPresent(item, `${path}[${at}]`));
  if (typeof value === 'object' && isPlain(value)) return assertFields(value, path);
  throw new NotFaithfulJson(path, `is a ${typeof value} that JSON cannot hold`);
}

function assertStorable(value: string, path: string): void {
  if (value.includes('\0')) throw new NotFaithfulJson(path, 'contains a NUL byte');
  if (!value.isWellFormed()) throw new NotFaithfulJson(path, 'contains a lone surrogate');
}

function assertExact(value: number, path: string): void {
  if (!Number.isFinite(value)) throw new NotFaithfulJson(path, `is ${value}`);
  if (Object.is(value, -0)) throw new NotFaithfulJson(path, 'is negative zero');
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new NotFaithfulJson(path, 'is beyond 2^53');
}

function assertPresent(item: unknown, path: string): void {
  if (item === undefined) throw new NotFaithfulJson(path, 'is undefined inside a list');
  assertFaithfulJson(item, path);
}

function assertFields(value: object, path: string): void {
  for (const [name, field] of Object.entries(value)) {
    assertStorable(name, `${path}.${name}`);
    assertFaithfulJson(field, path ? `${path}.${name}` : name);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
