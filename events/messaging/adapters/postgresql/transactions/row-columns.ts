import { type EntityMetadata, type EntityProperty, ReferenceKind } from '@mikro-orm/postgresql';

/** A row as MikroORM's flush has it: plain values by the names of their properties. */
export type Row = Readonly<Record<string, unknown>>;

export interface Column {
  readonly field: string;
  /** The same, quoted. */
  readonly name: string;
  readonly property: string;
  /** Of an array of such values. */
  readonly arrayType: string;
}

/** Nothing where one of them is more than a plain value in a column. */
export function columnsOf(meta: EntityMetadata, properties: readonly string[]): readonly Column[] | undefined {
  const columns = properties.map((name) => columnOf(meta.properties[name as never] as EntityProperty | undefined));
  return columns.every((column) => column !== undefined) ? columns : undefined;
}

/** By the kind of the column, never by its length or precision: those are the table's to say, and a cast would cut. */
const ARRAY_TYPES: readonly (readonly [column: RegExp, array: string])[] = [
  [/^uuid$/, 'uuid'],
  [/^(smallint|int|int2|int4|int8|integer|bigint)$/, 'bigint'],
  [/^numeric(\(\d+(, ?\d+)?\))?$/, 'numeric'],
  [/^(text|varchar(\(\d+\))?)$/, 'text'],
  [/^(boolean|bool)$/, 'boolean'],
  [/^timestamptz(\(\d\))?$/, 'timestamptz'],
  [/^jsonb$/, 'jsonb'],
];

function columnOf(property: EntityProperty | undefined): Column | undefined {
  if (!property || property.kind !== ReferenceKind.SCALAR) return undefined;
  const { name, fieldNames, columnTypes, persist } = property;
  const arrayType = ARRAY_TYPES.find(([column]) => column.test(columnTypes[0]!))?.[1];
  if (fieldNames.length !== 1 || persist === false || !arrayType) return undefined;
  const field = fieldNames[0]!;
  return { field, name: `"${field}"`, property: name, arrayType };
}

export const arePlain = (rows: readonly Row[], columns: readonly Column[]): boolean =>
  rows.every(
    (row) => Object.keys(row).length === columns.length && columns.every(({ property }) => isPlainValue(row[property])),
  );

export const isPlainValue = (value: unknown): boolean =>
  value === null || (typeof value !== 'object' && value !== undefined) || value instanceof Date;

/** One parameter a column for one row, one array a column for more. */
export const valuesOf = (rows: readonly Row[], columns: readonly Column[]): unknown[] =>
  columns.map(({ property }) => (rows.length === 1 ? rows[0]![property] : rows.map((row) => row[property])));

/** `$1, $2, …` */
export const parameters = (columns: readonly Column[]): string => columns.map((_, at) => `$${at + 1}`).join(', ');

/** `unnest($1::uuid[], $2::text[], …)` */
export const unnested = (columns: readonly Column[]): string =>
  `unnest(${columns.map(({ arrayType }, at) => `$${at + 1}::${arrayType}[]`).join(', ')})`;

export const namesOf = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(', ');
