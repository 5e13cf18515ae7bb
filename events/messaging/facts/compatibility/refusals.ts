import {
  allOf,
  type Alternative,
  alternativesOf,
  canonicalJson,
  covers,
  discriminantOf,
  isSameJson,
  type JsonSchema,
  type SchemaNode,
} from './json-schema.ts';
import { listOf, refusedRules } from './keywords.ts';
import { refusedLength, refusedNumber, refusedText } from './limits.ts';
import { fieldPath, type Refusal } from './refusal.ts';
import { describeWays, refusedValues } from './values.ts';
import { fieldOf, propertiesOf, WrittenFields } from './written-fields.ts';

/**
 * Why something that was written by one schema may not read by another; none: everything does. What is written holds the
 * fields that its schema declares and no others, as encoding leaves the rest out. What cannot be decided, such as whether one
 * pattern covers another, is a refusal: "none" can be relied upon.
 */
export const findRefusals = (reader: JsonSchema, writer: JsonSchema): readonly Refusal[] =>
  new Comparison().compare({ schema: reader, root: reader }, { schema: writer, root: writer }, '');

class Comparison {
  /** Pairs under comparison: a schema that holds itself is compared with the assumption that it fits. */
  readonly #assumed = new Set<string>();

  compare(reader: SchemaNode, writer: SchemaNode, path: string): readonly Refusal[] {
    const pair = canonicalJson([reader.schema, writer.schema]);
    if (this.#assumed.has(pair)) return [];
    this.#assumed.add(pair);
    const ways = alternativesOf(reader);
    const refusals = alternativesOf(writer).flatMap((written) => this.#refusalsOf(ways, written, path));
    this.#assumed.delete(pair);
    return refusals;
  }

  #refusalsOf(ways: readonly Alternative[], written: Alternative, path: string): readonly Refusal[] {
    if (written.values) return refusedValues(ways, written, path);
    const fitting = ways.filter(({ type, values }) => covers(type, written.type) && !values);
    const attempts = fitting.map((way) => ({ way, refusals: this.#refusalsOfWay(way, written, path) }));
    if (attempts.some(({ refusals }) => refusals.length === 0)) return [];
    if (attempts.length === 0) return [{ path, rule: 'type', asks: describeWays(ways), gets: describeWays([written]) }];
    return nearest(attempts, written).refusals;
  }

  #refusalsOfWay({ parts, root }: Alternative, written: Alternative, path: string): readonly Refusal[] {
    return parts.flatMap((part) => [
      ...refusedRules(part, written, path),
      ...this.#refusedByType({ schema: part, root }, part, written, path),
    ]);
  }

  #refusedByType(node: SchemaNode, part: JsonSchema, written: Alternative, path: string): readonly Refusal[] {
    switch (written.type) {
      case 'string':
        return refusedText(part, written, path);
      case 'number':
      case 'integer':
        return refusedNumber(part, written, path);
      case 'array':
        return this.#refusedItems(part, node.root, written, path);
      case 'object':
        return this.#refusedFields(part, node.root, written, path);
      default:
        return [];
    }
  }

  #refusedItems(part: JsonSchema, root: JsonSchema, written: Alternative, path: string): readonly Refusal[] {
    const { parts } = written;
    const longest = Math.min(...parts.map(longestOf));
    const taken = Math.min(longest, longestOf(part));
    const first = Math.max(prefixOf(part).length, ...parts.map((own) => prefixOf(own).length));
    const places = Array.from({ length: Math.min(first + 1, taken) }, (_, at) => at);
    return [
      ...refusedLength({ ...part, ...(longestOf(part) < Infinity && { maxItems: longestOf(part) }) }, written, path),
      ...places.flatMap((at) =>
        this.compare(
          { root, schema: itemOf(part, at) },
          { root: written.root, schema: allOf(parts.map((own) => itemOf(own, at))) },
          at < first ? `${path}[${at}]` : `${path}[]`,
        ),
      ),
    ];
  }

  #refusedFields(part: JsonSchema, root: JsonSchema, written: Alternative, path: string): readonly Refusal[] {
    const fields = new WrittenFields(written);
    const missing = listOf(part.required).filter((name) => !fields.isAlwaysThere(name as string)) as readonly string[];
    return [
      ...missing.map(
        (name) => ({ path: fieldPath(path, name), rule: 'field', asks: 'it to be there', gets: 'nothing' }) as const,
      ),
      ...fields.declared.flatMap((name) => {
        const at = fieldPath(path, name);
        const field = { root: written.root, schema: fields.schemaOf(name) };
        return [
          ...this.#refusedField({ root, schema: fieldOf(part, name) }, field, at),
          ...this.#refusedName(part, root, { root, schema: { const: name } }, at),
        ];
      }),
      ...this.#refusedOthers(part, root, fields, written, path),
    ];
  }

  #refusedField(reader: SchemaNode, writer: SchemaNode, path: string): readonly Refusal[] {
    if (reader.schema !== false) return this.compare(reader, writer, path);
    return [{ path, rule: 'field', asks: 'no such field', gets: 'one' }];
  }

  #refusedName({ propertyNames }: JsonSchema, root: JsonSchema, name: SchemaNode, path: string): readonly Refusal[] {
    return propertyNames === undefined
      ? []
      : this.compare({ root, schema: propertyNames as JsonSchema | boolean }, name, path);
  }

  /** Fields of any name: one that the reader declares may be among them. */
  #refusedOthers(
    part: JsonSchema,
    root: JsonSchema,
    { declared, others, otherNames }: WrittenFields,
    written: Alternative,
    path: string,
  ): readonly Refusal[] {
    if (others === false) return [];
    const any = { root: written.root, schema: others };
    const anyName = fieldPath(path, '*');
    const known = Object.keys(propertiesOf(part)).filter((name) => !declared.includes(name));
    return [
      ...this.#refusedField(
        { root, schema: (part.additionalProperties ?? true) as JsonSchema | boolean },
        any,
        anyName,
      ),
      ...this.#refusedName(part, root, { root: written.root, schema: otherNames }, anyName),
      ...known.flatMap((name) => this.compare({ root, schema: fieldOf(part, name) }, any, fieldPath(path, name))),
    ];
  }
}

const prefixOf = ({ prefixItems }: JsonSchema): readonly (JsonSchema | boolean)[] =>
  listOf(prefixItems) as readonly (JsonSchema | boolean)[];

const itemOf = (part: JsonSchema, at: number): JsonSchema | boolean =>
  prefixOf(part)[at] ?? ((part.items ?? true) as JsonSchema | boolean);

const longestOf = (part: JsonSchema): number =>
  Math.min((part.maxItems as number | undefined) ?? Infinity, part.items === false ? prefixOf(part).length : Infinity);

interface Attempt {
  readonly way: Alternative;
  readonly refusals: readonly Refusal[];
}

/** Of several variants, the one that was meant: that with the same discriminating field, else the one that refuses least. */
function nearest(attempts: readonly Attempt[], written: Alternative): Attempt {
  const names = written.parts.flatMap((part) => Object.keys(propertiesOf(part)));
  const isMeant = ({ way }: Attempt) =>
    names.some((name) => {
      const own = written.parts.map((part) => discriminantOf(part, name)).find((value) => value !== undefined);
      return own !== undefined && way.parts.some((part) => isSameJson(discriminantOf(part, name), own));
    });
  return attempts.find(isMeant) ?? attempts.reduce((a, b) => (b.refusals.length < a.refusals.length ? b : a));
}
