import { type EntityMetadata, type EntityProperty, ReferenceKind } from '@mikro-orm/postgresql';
import { nameOf } from './statement-names.ts';
import type { Statement } from './statement.ts';

type Row = Readonly<Record<string, unknown>>;

interface Column {
  readonly name: string;
  readonly property: string;
}

interface BulkInsert {
  readonly name: string | undefined;
  readonly text: string;
  readonly columns: readonly Column[];
}

/** Plans by table and columns; none where the rows want more than plain values. */
export type BulkInsertPlans = Map<string, BulkInsert | undefined>;

/**
 * Rows as one array a column, in one prepared statement: several times cheaper for both ends than a text with all values in
 * it. Nothing where a row wants more than plain values, or something is to come back.
 */
export function bulkInsert(
  meta: EntityMetadata,
  table: string,
  rows: readonly Row[],
  plans: BulkInsertPlans,
): Statement | undefined {
  const properties = Object.keys(rows[0]!);
  const key = `${table}(${properties.join()})`;
  if (!plans.has(key)) plans.set(key, planFor(meta, table, properties));
  const plan = plans.get(key);
  if (!plan || !rows.every((row) => isPlain(row, plan))) return undefined;
  return {
    ...(plan.name && { name: plan.name }),
    text: plan.text,
    values: plan.columns.map(({ property }) => rows.map((row) => row[property])),
  };
}

function planFor(meta: EntityMetadata, table: string, properties: readonly string[]): BulkInsert | undefined {
  const given = properties.map((name) => meta.properties[name as never] as EntityProperty | undefined);
  const types = given.map((property) => property && arrayTypeOf(property));
  if (meta.inheritanceType || types.includes(undefined) || comesBack(meta, properties)) return undefined;
  const columns = given.map((property) => ({ name: property!.fieldNames[0]!, property: property!.name }));
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const values = types.map((type, at) => `$${at + 1}::${type}[]`).join(', ');
  const text = `insert into ${table} (${names}) select * from unnest(${values})`;
  return { name: nameOf(text), text, columns };
}

/** Columns that the database fills, and that MikroORM would read back. */
const comesBack = (meta: EntityMetadata, given: readonly string[]): boolean =>
  meta.props.some(
    ({ name, returning, persist, defaultRaw, autoincrement, generated }) =>
      returning || (((persist !== false && defaultRaw) || autoincrement || generated) && !given.includes(name)),
  );

/** By the kind of the column, never by its length or precision: those are the table's to say, and a cast would cut. */
const ARRAY_TYPES: readonly (readonly [column: RegExp, array: string])[] = [
  [/^uuid$/, 'uuid'],
  [/^(smallint|int|int2|int4|int8|integer|bigint)$/, 'bigint'],
  [/^(text|varchar(\(\d+\))?)$/, 'text'],
  [/^(boolean|bool)$/, 'boolean'],
  [/^timestamptz(\(\d\))?$/, 'timestamptz'],
];

function arrayTypeOf({ kind, fieldNames, columnTypes, persist }: EntityProperty): string | undefined {
  if (kind !== ReferenceKind.SCALAR || fieldNames.length !== 1 || persist === false) return undefined;
  return ARRAY_TYPES.find(([column]) => column.test(columnTypes[0]!))?.[1];
}

const isPlain = (row: Row, { columns }: BulkInsert): boolean =>
  Object.keys(row).length === columns.length && columns.every(({ property }) => isPlainValue(row[property]));

const isPlainValue = (value: unknown): boolean =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  value instanceof Date;
