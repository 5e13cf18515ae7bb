import { type EntityMetadata, OptimisticLockError } from '@mikro-orm/postgresql';
import { fewRows } from './few-rows.ts';
import { type ChangeKind, preparedTexts } from './row-changes.ts';
import { type Column, columnsOf, namesOf, type Row, valuesOf } from './row-columns.ts';

export interface UpdateRows extends ChangeKind {
  readonly columns: readonly Column[];
  /** What the database would tell of a changed row, and is known without asking: its new version. */
  readonly known: ((row: Row) => Row) | undefined;
}

/**
 * Sets the changed properties of the rows that the others, their keys, name. Where a version is among the keys all rows are
 * changed or the statement fails, so that nobody has to wait for what it did. Nothing where more than plain values is wanted.
 */
export function updateRows(
  meta: EntityMetadata,
  table: string,
  keys: readonly string[],
  changed: readonly string[],
): UpdateRows | undefined {
  const columns = columnsOf(meta, [...keys, ...changed]);
  const isPlain = !meta.inheritanceType && !meta.props.some(({ generated }) => generated);
  if (!columns || !isPlain || changed.some((name) => keys.includes(name))) return undefined;
  const version = columns.slice(0, keys.length).find(({ property }) => property === meta.versionProperty);
  const updates = textsOf(table, columns, keys.length, version);
  const statement = preparedTexts(updates.one, updates.several);
  const explain = (error: unknown) => (isCountWrong(error) ? OptimisticLockError.lockFailed(table) : error);
  return {
    columns,
    known: version && ((row) => ({ [version.field]: Number(row[version.property]) + 1 })),
    statementFor: (rows) => ({ ...statement(rows, valuesOf(rows, columns)), ...(version && { explain }) }),
  };
}

function textsOf(table: string, columns: readonly Column[], keys: number, version: Column | undefined) {
  const update = (valueOf: (column: Column, at: number) => string, from: string) => {
    const equals = columns.map((column, at) => ({ name: column.name, value: valueOf(column, at) }));
    const set = equals.slice(keys).map(({ name, value }) => `${name} = ${value}`);
    const where = equals.slice(0, keys).map(({ name, value }) => `t.${name} = ${value}`);
    if (version) set.push(`${version.name} = t.${version.name} + 1`);
    return `update ${table} as t set ${set.join(', ')}${from} where ${where.join(' and ')}`;
  };
  const one = update((_, at) => `$${at + 1}`, '');
  const several = update(
    ({ name }) => `v.${name}`,
    ` from ${fewRows(columns.map(({ arrayType }) => arrayType))} as v (${namesOf(columns)})`,
  );
  if (!version) return { one, several };
  return { one: all(one, '1'), several: all(several, `cardinality($1::${columns[0]!.arrayType}[])`) };
}

const all = (update: string, count: string) =>
  `with changed as (${update} returning 1) select 1 / (count(*) = ${count})::int from changed`;

const DIVISION_BY_ZERO = '22012';

const isCountWrong = (error: unknown): boolean => (error as { code?: string }).code === DIVISION_BY_ZERO;
