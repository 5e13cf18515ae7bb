import {
  isRaw,
  OptimisticLockError,
  type AnyEntity,
  type EntityData,
  type EntityDictionary,
  type EntityName,
  type EntityMetadata,
  type FilterQuery,
  type FindOptions,
  type NativeInsertUpdateManyOptions,
  type NativeInsertUpdateOptions,
  type ObjectQuery,
  type QueryResult,
  type Transaction,
} from '@mikro-orm/core';
import { PostgreSqlConnection, PostgreSqlDriver } from '@mikro-orm/postgresql';
import { NativeQueryBuilder } from '@mikro-orm/sql';
import { CompiledQuery, type QueryResult as Rows } from 'kysely';
import { insertRows } from './insert-rows.ts';
import type { ChangeKind } from './row-changes.ts';
import { arePlain, type Row } from './row-columns.ts';
import { SelectRows } from './select-rows.ts';
import { updateRows } from './update-rows.ts';

/** Runs the SQL that MikroORM has made. */
export interface QueryRunner {
  executeQuery(query: CompiledQuery): Promise<Rows<unknown>>;
}

/** Makes the changes of a flush inside one of our transactions. */
export interface ChangeRunner {
  readonly change: (kind: ChangeKind, rows: readonly Row[]) => Promise<void>;
}

/** Beyond that, statements are long and rarely alike; their values are written into the text, as MikroORM does. */
const MOST_VALUES = 64;

/**
 * MikroORM for PostgreSQL, but for how it sends values: apart from the text, so that a statement can stay prepared. Rows that are
 * looked for by plain values, and what a flush inserts or updates, do without its query builder, which costs several times
 * what the rest of such a statement does.
 */
export class PreparedDriver extends PostgreSqlDriver {
  protected override readonly connection: PostgreSqlConnection = new PreparedConnection(this.config);
  readonly #selects = new Map<string, SelectRows | undefined>();
  readonly #inserts = new Map<string, ReturnType<typeof insertRows>>();
  readonly #updates = new Map<string, ReturnType<typeof updateRows>>();

  override async find<T extends object, P extends string = never, F extends string = never, E extends string = never>(
    entityName: EntityName<T>,
    where: ObjectQuery<T>,
    options: FindOptions<T, P, F, E> & { readonly ctx?: unknown } = {},
  ): Promise<EntityData<T>[]> {
    const { executeQuery } = (options.ctx ?? {}) as Partial<QueryRunner>;
    const meta = this.metadata.get(entityName);
    const question = executeQuery && this.#selectOf(meta)?.ask(where, options as Readonly<Record<string, unknown>>);
    if (!question) return super.find(entityName, where, options);
    const { rows } = await this.rethrow(executeQuery(CompiledQuery.raw(question.text, [...question.values])));
    return rows.map((row) => this.mapResult<T>(row as EntityDictionary<T>, meta)!);
  }

  override async nativeInsertMany<T extends object>(
    entityName: EntityName<T>,
    data: EntityDictionary<T>[],
    options: NativeInsertUpdateManyOptions<T> = {},
    transform?: (sql: string) => string,
  ): Promise<QueryResult<T>> {
    const runner = runnerOfFlush(options);
    const kind = runner && !transform && this.#insertOf(entityName, Object.keys(data[0]!), options);
    if (!kind || !arePlain(data, kind.columns)) return super.nativeInsertMany(entityName, data, options, transform);
    await this.#make(runner.change(kind, data));
    return { affectedRows: data.length, ...(kind.known && resultOf(data.map(() => kind.known!))) } as QueryResult<T>;
  }

  override async nativeUpdate<T extends object>(
    entityName: EntityName<T>,
    where: FilterQuery<T>,
    data: EntityDictionary<T>,
    options: NativeInsertUpdateOptions<T> = {},
  ): Promise<QueryResult<T>> {
    const runner = runnerOfFlush(options);
    const key = where as Row;
    const kind = runner && this.#updateOf(entityName, Object.keys(key), Object.keys(data), options);
    const row = { ...key, ...data };
    if (!kind || !arePlain([row], kind.columns)) return super.nativeUpdate(entityName, where, data, options);
    await this.#make(runner.change(kind, [row]));
    return { affectedRows: 1, ...(kind.known && resultOf([kind.known(row)])) } as QueryResult<T>;
  }

  /** A lost race is told as such; whatever else fails is for MikroORM to name. */
  async #make(change: Promise<void>): Promise<void> {
    try {
      await change;
    } catch (error) {
      throw error instanceof OptimisticLockError ? error : this.convertException(error as Error);
    }
  }

  #selectOf(meta: EntityMetadata) {
    const table = this.getTableName(meta, {});
    return once(this.#selects, table, () => SelectRows.of(meta, table));
  }

  #insertOf(entity: EntityName, properties: readonly string[], options: InSchema) {
    const meta = this.metadata.get(entity);
    const table = this.getTableName(meta, options);
    return once(this.#inserts, `${table}(${properties.join()})`, () => insertRows(meta, table, properties));
  }

  #updateOf(entity: EntityName, keys: readonly string[], changed: readonly string[], options: InSchema) {
    const meta = this.metadata.get(entity);
    const table = this.getTableName(meta, options);
    const name = `${table}(${keys.join()}) ${changed.join()}`;
    return once(this.#updates, name, () => updateRows(meta, table, keys, changed));
  }
}

type InSchema = Pick<NativeInsertUpdateOptions<object>, 'schema'>;

/** A flush has converted all values already; whoever else inserts or updates has not. */
function runnerOfFlush({ ctx, convertCustomTypes, upsert }: OfFlush): ChangeRunner | undefined {
  const runner = ctx as Partial<ChangeRunner> | undefined;
  return convertCustomTypes === false && !upsert && runner?.change ? (runner as ChangeRunner) : undefined;
}

type OfFlush = Pick<NativeInsertUpdateOptions<object>, 'ctx' | 'convertCustomTypes' | 'upsert'>;

const resultOf = (rows: readonly Row[]) => ({ row: rows[0], rows });

function once<Value>(made: Map<string, Value>, name: string, make: () => Value): Value {
  if (!made.has(name)) made.set(name, make());
  return made.get(name)!;
}

type Execute = PostgreSqlConnection['execute'];

class PreparedConnection extends PostgreSqlConnection {
  override async execute<Result extends QueryResult | EntityData<AnyEntity> | EntityData<AnyEntity>[]>(
    ...call: Parameters<Execute>
  ): Promise<Result> {
    const [query, values = [], method = 'all', runner] = call;
    const statement = toStatement(query, values);
    if (!statement || !runner) return super.execute<Result>(...call);
    const result = await (runner as Transaction<QueryRunner>).executeQuery(statement);
    return this.transformRawResult<Result>(result, method);
  }
}

function toStatement(query: Parameters<Execute>[0], values: unknown): CompiledQuery | undefined {
  const { sql, params } = query instanceof NativeQueryBuilder ? query.toRaw() : { sql: query, params: values };
  if (typeof sql !== 'string' || isRaw(query) || !Array.isArray(params)) return undefined;
  if (params.length > MOST_VALUES || !params.every(isScalar)) return undefined;
  const text = numbered(sql);
  return text === undefined ? undefined : CompiledQuery.raw(text, params);
}

const isScalar = (value: unknown): boolean =>
  value === null || typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array;

const texts = new Map<string, string | undefined>();
const MOST_TEXTS = 2_000;

/** The text with `$1, $2, …` for its question marks; nothing where one stands for a name, or for itself. */
function numbered(sql: string): string | undefined {
  if (texts.has(sql)) return texts.get(sql);
  if (texts.size >= MOST_TEXTS) texts.clear();
  let count = 0;
  const text = /\?\?|\\\?/.test(sql) ? undefined : sql.replaceAll('?', () => `$${(count += 1)}`);
  texts.set(sql, text);
  return text;
}
