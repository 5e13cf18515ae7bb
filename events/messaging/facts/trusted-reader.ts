import type { z } from 'zod';

/** In place of a value that a trusted reader will not vouch for: the schema itself has to look at it. */
export const DOUBTFUL = Symbol('doubtful');

/** Turns a value of JSON into what its schema decodes, frozen; the value itself is used up. */
export type TrustedReader = (value: unknown) => unknown;

/**
 * Reads what this schema has checked when it was written: it looks at fields and types, and decodes what JSON has no form for,
 * but does not check once more which values are allowed. That is several times as fast. Whatever deviates is {@link DOUBTFUL},
 * and so is all that a schema of other kinds describes.
 */
export function trustedReaderOf(schema: z.core.$ZodType): TrustedReader {
  const definition = definitionOf(schema);
  return readers[definition.type]?.(definition) ?? doubt;
}

const definitionOf = ({ _zod: { def } }: z.core.$ZodType) => def as unknown as Definition;

const isOptional = ({ _zod: { optin } }: z.core.$ZodType) => optin === 'optional';

/** What is used of zod's own description of a schema. */
interface Definition {
  readonly type: string;
  readonly shape: Readonly<Record<string, z.core.$ZodType>>;
  readonly catchall?: z.core.$ZodType;
  readonly element: z.core.$ZodType;
  readonly innerType: z.core.$ZodType;
  readonly in: z.core.$ZodType;
  readonly out: z.core.$ZodType;
  readonly transform?: (value: unknown, context: { readonly value: unknown; readonly issues: unknown[] }) => unknown;
  readonly values: readonly unknown[];
  readonly entries: Readonly<Record<string, unknown>>;
}

const readers: Readonly<Record<string, (def: Definition) => TrustedReader>> = {
  string: () => ofType('string'),
  number: () => ofType('number'),
  boolean: () => ofType('boolean'),
  literal: ({ values }) => among(values),
  enum: ({ entries }) => among(Object.values(entries)),
  readonly: ({ innerType }) => trustedReaderOf(innerType),
  optional: ({ innerType }) => trustedReaderOf(innerType),
  nullable: readNullable,
  array: readArray,
  object: readObject,
  pipe: readCodec,
};

const doubt: TrustedReader = () => DOUBTFUL;

const ofType =
  (type: string): TrustedReader =>
  (value) =>
    typeof value === type ? value : DOUBTFUL;

function among(values: readonly unknown[]): TrustedReader {
  const known = new Set(values);
  return (value) => (known.has(value) ? value : DOUBTFUL);
}

function readNullable({ innerType }: Definition): TrustedReader {
  const read = trustedReaderOf(innerType);
  return (value) => (value === null ? null : read(value));
}

function readArray({ element }: Definition): TrustedReader {
  const read = trustedReaderOf(element);
  return (value) => {
    if (!Array.isArray(value)) return DOUBTFUL;
    for (let at = 0; at < value.length; at += 1) if (!replace(value, at, read)) return DOUBTFUL;
    return Object.freeze(value);
  };
}

/** Only fields of optional schemas may be missing, and none may be there that the schema does not know. */
function readObject({ shape, catchall }: Definition): TrustedReader {
  if (catchall && definitionOf(catchall).type !== 'never') return doubt;
  const fields = new Map(Object.entries(shape).map(([name, schema]) => [name, trustedReaderOf(schema)]));
  const optional = new Set(Object.keys(shape).filter((name) => isOptional(shape[name]!)));
  const required = fields.size - optional.size;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return DOUBTFUL;
    const object = value as Record<string, unknown>;
    let found = 0;
    for (const name in object) {
      const read = fields.get(name);
      if (!read || !replace(object, name, read)) return DOUBTFUL;
      if (!optional.has(name)) found += 1;
    }
    return found === required ? Object.freeze(object) : DOUBTFUL;
  };
}

/** False where it is doubtful what it is to be replaced with. Most values are themselves, and writing them costs more than reading. */
function replace<Key extends string | number>(inside: Record<Key, unknown>, key: Key, read: TrustedReader): boolean {
  const value = inside[key];
  const decoded = read(value);
  if (decoded !== value) inside[key] = decoded;
  return decoded !== DOUBTFUL;
}

/** What a codec may decode to: values that are not themselves decoded any further. */
const ENDS = new Set(['custom', 'date', 'bigint', 'string', 'number', 'boolean']);

function readCodec({ in: wire, out, transform }: Definition): TrustedReader {
  if (!transform || !ENDS.has(definitionOf(out).type)) return doubt;
  const read = trustedReaderOf(wire);
  return (value) => {
    const issues: unknown[] = [];
    const onTheWire = read(value);
    if (onTheWire === DOUBTFUL) return DOUBTFUL;
    const decoded = transform(onTheWire, { value: onTheWire, issues });
    return issues.length > 0 ? DOUBTFUL : Object.freeze(decoded);
  };
}
