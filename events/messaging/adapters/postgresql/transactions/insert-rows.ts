import type { EntityMetadata } from '@mikro-orm/postgresql';
import { type ChangeKind, preparedTexts } from './row-changes.ts';
import { type Column, columnsOf, namesOf, parameters, type Row, unnested, valuesOf } from './row-columns.ts';

export interface InsertRows extends ChangeKind {
  readonly columns: readonly Column[];
  /** What the database would tell of each new row, and is known without asking. */
  readonly known: Row | undefined;
}

/** Where a versioned row begins, here and in its table. */
const FIRST_VERSION = 1;

/**
 * Inserts rows with these properties, in a statement that stays prepared: several times cheaper for both ends than a text
 * with all values in it. Nothing where they want more than plain values, or something is to come back.
 */
export function insertRows(meta: EntityMetadata, table: string, properties: readonly string[]): InsertRows | undefined {
  const columns = columnsOf(meta, properties);
  if (!columns || meta.inheritanceType || comesBack(meta, properties)) return undefined;
  const into = `insert into ${table} (${namesOf(columns)})`;
  const statement = preparedTexts(
    `${into} values (${parameters(columns)})`,
    `${into} select * from ${unnested(columns)}`,
  );
  const version = meta.properties[meta.versionProperty as never]?.fieldNames[0];
  return {
    columns,
    known: version === undefined ? undefined : { [version]: FIRST_VERSION },
    statementFor: (rows) => statement(rows, valuesOf(rows, columns)),
  };
}

/** Columns that the database fills, and that MikroORM would read back. */
const comesBack = (meta: EntityMetadata, given: readonly string[]): boolean =>
  meta.props.some(
    ({ name, returning, persist, defaultRaw, autoincrement, generated, version }) =>
      !(version && defaultRaw === String(FIRST_VERSION)) &&
      (returning || (((persist !== false && defaultRaw) || autoincrement || generated) && !given.includes(name))),
  );
