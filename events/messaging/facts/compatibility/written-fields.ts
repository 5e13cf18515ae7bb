import { allOf, type Alternative, alternativesOf, type JsonSchema } from './json-schema.ts';
import { listOf } from './keywords.ts';

type Schema = JsonSchema | boolean;

/** The fields of an object as it is written: those declared, and others only where the schema asks for them. */
export class WrittenFields {
  readonly declared: readonly string[];
  /** What fields of other names hold; false: there are none. */
  readonly others: Schema;
  /** What those names are like. */
  readonly otherNames: Schema;
  readonly #of: Alternative;

  constructor(written: Alternative) {
    this.#of = written;
    const { parts } = written;
    this.otherNames = allOf([
      { type: 'string' },
      ...parts.map(({ propertyNames }) => (propertyNames ?? true) as Schema),
    ]);
    const others = parts.flatMap(othersOf);
    const names = others.length === 0 ? [] : this.#countNames();
    this.others = others.length === 0 || names ? false : allOf(others);
    this.declared = [
      ...new Set([...parts.flatMap((part) => Object.keys(propertiesOf(part))), ...(names ?? [])]),
    ].filter((name) => this.#mayBeThere(name));
  }

  isAlwaysThere(name: string): boolean {
    return this.#of.parts.some(({ required }) => listOf(required).includes(name));
  }

  schemaOf(name: string): Schema {
    return allOf(this.#of.parts.map((part) => fieldOf(part, name)).filter((schema) => schema !== false));
  }

  #mayBeThere(name: string): boolean {
    return alternativesOf({ root: this.#of.root, schema: this.schemaOf(name) }).length > 0;
  }

  /** All names there can be, where they are counted out. */
  #countNames(): readonly string[] | undefined {
    const ways = alternativesOf({ root: this.#of.root, schema: this.otherNames });
    return ways.every(({ values }) => values) ? ways.flatMap(({ values }) => values as readonly string[]) : undefined;
  }
}

export const propertiesOf = ({ properties }: JsonSchema): Readonly<Record<string, Schema>> =>
  (properties ?? {}) as Readonly<Record<string, Schema>>;

/** What a reader takes as the field of this name; false: no such field. */
export const fieldOf = (part: JsonSchema, name: string): Schema =>
  Object.hasOwn(propertiesOf(part), name) ? propertiesOf(part)[name]! : ((part.additionalProperties ?? true) as Schema);

function othersOf({ additionalProperties, patternProperties }: JsonSchema): readonly Schema[] {
  if (patternProperties !== undefined) return [true];
  return additionalProperties === undefined || additionalProperties === false ? [] : [additionalProperties as Schema];
}
