import type { JsonSchema } from './json-schema.ts';

/** Keywords that are our own; there they must begin with `x-`. */
const OWN = new Set(['key', 'correlation', 'personal', 'rules']);

/** Names that hold schemas by names of their own: below them nothing is a keyword. */
const NAMED = new Set(['properties', '$defs']);

/**
 * A schema (2020-12) in the words of draft 7, which AsyncAPI speaks, for a place in a larger document: `place` is the pointer
 * to it, from which its references begin.
 */
export function toDraft7(schema: JsonSchema, place: string): JsonSchema {
  const { $schema: _dialect, $id: _name, ...rest } = schema;
  return translate(rest, place) as JsonSchema;
}

function translate(part: unknown, place: string): unknown {
  if (Array.isArray(part)) return part.map((item) => translate(item, place));
  if (typeof part !== 'object' || part === null) return part;
  const { prefixItems, items, ...rest } = part as JsonSchema;
  const translated = Object.entries(rest).map(([keyword, value]) => translateKeyword(keyword, value, place));
  const rows = Array.isArray(prefixItems)
    ? { items: translate(prefixItems, place), ...(items !== undefined && { additionalItems: translate(items, place) }) }
    : items !== undefined && { items: translate(items, place) };
  return { ...Object.fromEntries(translated), ...rows };
}

function translateKeyword(keyword: string, value: unknown, place: string): readonly [string, unknown] {
  if (OWN.has(keyword)) return [`x-${keyword}`, value];
  if (keyword === 'enum' || keyword === 'const' || keyword === 'default' || keyword === 'examples')
    return [keyword, value];
  if (keyword === '$ref') return ['$ref', moved(String(value), place)];
  if (!NAMED.has(keyword)) return [keyword, translate(value, place)];
  const named = Object.entries(value as JsonSchema).map(([name, schema]) => [name, translate(schema, place)]);
  return [keyword === '$defs' ? 'definitions' : keyword, Object.fromEntries(named)];
}

const moved = (reference: string, place: string): string =>
  `${place}${reference.slice(1).replace(/^\/\$defs\//, '/definitions/')}`;
