/** A JSON Schema (2020-12), or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A part of a schema, and the whole that its references lead into. `false` permits nothing. */
export interface SchemaNode {
  readonly schema: JsonSchema | boolean;
  readonly root: JsonSchema;
}

export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

/** One way for a value to be: of one type, and as every part demands. Parts hold no choices and no references. */
export interface Alternative {
  readonly type: JsonType;
  /** The only values it may have, where they are counted out. */
  readonly values: readonly unknown[] | undefined;
  readonly parts: readonly JsonSchema[];
  readonly root: JsonSchema;
}

const TYPES: readonly JsonType[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** All the ways for a value of this schema to be; none: there is no such value. */
export const alternativesOf = ({ schema, root }: SchemaNode): readonly Alternative[] =>
  choicesOf(schema, root, new Set()).flatMap((parts) =>
    typesOf(parts).flatMap((type) => {
      const values = valuesOf(type, parts);
      return values?.length === 0 ? [] : [{ type, values, parts, root }];
    }),
  );

/** What meets all of these schemas. */
export function allOf(schemas: readonly (JsonSchema | boolean)[]): JsonSchema | boolean {
  const telling = new Map(
    schemas
      .filter((schema) => !isSameJson(schema, {}) && schema !== true)
      .map((schema) => [canonicalJson(schema), schema]),
  );
  const [first = true, ...others] = telling.values();
  return others.length === 0 ? first : { allOf: [...telling.values()] };
}

export const isSameJson = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

/** JSON text that is equal for equal values, whatever the order of their fields. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** What JSON itself calls a value. */
function typeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as JsonType;
}

export const isOfType = (value: unknown, type: JsonType): boolean => covers(type, typeOf(value));

/** Whether every value of `narrow` is one of `wide`. */
export const covers = (wide: JsonType, narrow: JsonType): boolean =>
  wide === narrow || (wide === 'number' && narrow === 'integer');

type Choice = readonly JsonSchema[];

function choicesOf(schema: JsonSchema | boolean, root: JsonSchema, seen: ReadonlySet<string>): readonly Choice[] {
  if (typeof schema === 'boolean') return schema ? [[]] : [];
  const { $ref, allOf: all = [], anyOf, oneOf, not, $defs: _defs, ...own } = schema;
  if (isSameJson(not, {}) || not === true) return [];
  const choicesIn = (part: unknown) => choicesOf(part as JsonSchema | boolean, root, seen);
  const demands = (all as unknown[]).map(choicesIn);
  if (typeof $ref === 'string')
    demands.push(seen.has($ref) ? [] : choicesOf(pointedAt(root, $ref), root, new Set([...seen, $ref])));
  if (anyOf) demands.push((anyOf as unknown[]).flatMap(choicesIn));
  if (oneOf) demands.push((oneOf as unknown[]).flatMap(choicesIn));
  const rest: Record<string, unknown> = { ...own };
  if (not !== undefined) rest.not = not;
  if (oneOf && !isDiscriminated(oneOf as unknown[])) rest.oneOf = oneOf;
  return demands.reduce<readonly Choice[]>(
    (choices, more) => choices.flatMap((choice) => more.map((other) => [...choice, ...other])),
    [Object.keys(rest).length === 0 ? [] : [rest]],
  );
}

/** Variants that exclude each other by a field that is always there: then "one of" says no more than "any of". */
function isDiscriminated(variants: readonly unknown[]): boolean {
  const [first] = variants as readonly JsonSchema[];
  return Object.keys((first?.properties as JsonSchema | undefined) ?? {}).some((name) => {
    const values = (variants as readonly JsonSchema[]).map((variant) => discriminantOf(variant, name));
    return values.every((value) => value !== undefined) && new Set(values.map(canonicalJson)).size === values.length;
  });
}

/** The one value that a field has in a variant, if it always has one. */
export function discriminantOf({ properties, required }: JsonSchema, name: string): unknown {
  const isRequired = Array.isArray(required) && required.includes(name);
  return isRequired ? (properties as Record<string, JsonSchema> | undefined)?.[name]?.const : undefined;
}

/** @throws {Error} when it leads nowhere, or out of the schema */
export function pointedAt(root: JsonSchema, reference: string): JsonSchema | boolean {
  const steps = reference.split('/').slice(1);
  const target = reference.startsWith('#')
    ? steps.reduce<unknown>(
        (at, step) =>
          (at as JsonSchema | undefined)?.[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')],
        root,
      )
    : undefined;
  if (target === undefined) throw new Error(`the reference ${reference} leads nowhere`);
  return target as JsonSchema | boolean;
}

function typesOf(parts: Choice): readonly JsonType[] {
  return parts.reduce<readonly JsonType[]>((types, { type }) => {
    if (type === undefined) return types;
    const own = [type].flat() as JsonType[];
    return own.flatMap((one) => {
      if (types.some((other) => covers(other, one))) return [one];
      return types.filter((other) => covers(one, other));
    });
  }, TYPES);
}

function valuesOf(type: JsonType, parts: Choice): readonly unknown[] | undefined {
  const counted = parts.flatMap((part) => {
    if ('const' in part) return [[part.const]];
    return Array.isArray(part.enum) ? [part.enum as unknown[]] : [];
  });
  if (type === 'null') counted.push([null]);
  if (type === 'boolean') counted.push([true, false]);
  if (counted.length === 0) return undefined;
  return counted
    .reduce((values, others) => values.filter((value) => others.some((other) => isSameJson(value, other))))
    .filter((value) => isOfType(value, type));
}
