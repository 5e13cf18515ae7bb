import {
  isRaw,
  type AnyEntity,
  type EntityData,
  type EntityDictionary,
  type EntityName,
  type NativeInsertUpdateManyOptions,
  type QueryResult,
  type Transaction,
} from '@mikro-orm/core';
import { PostgreSqlConnection, PostgreSqlDriver } from '@mikro-orm/postgresql';
import { NativeQueryBuilder } from '@mikro-orm/sql';
import { CompiledQuery, type QueryResult as Rows } from 'kysely';
import { bulkInsert, type BulkInsertPlans } from './bulk-insert.ts';
import type { Statement } from './statement.ts';

/** Runs the SQL that MikroORM has made. */
export interface QueryRunner {
  executeQuery(query: CompiledQuery): Promise<Rows<unknown>>;
}

/** Inserts the rows of a flush inside one of our transactions. */
export interface InsertRunner {
  readonly insert: (rows: Statement) => Promise<unknown>;
}

/** Beyond that, statements are long and rarely alike; their values are written into the text, as MikroORM does. */
const MOST_VALUES = 64;

/**
 * MikroORM for PostgreSQL, but for how it sends values: apart from the text, so that a statement can stay prepared; and the
 * rows that a flush inserts as arrays, so that one statement serves any number of them.
 */
export class PreparedDriver extends PostgreSqlDriver {
  protected override readonly connection: PostgreSqlConnection = new PreparedConnection(this.config);
  readonly #plans: BulkInsertPlans = new Map();

  override async nativeInsertMany<T extends object>(
    entityName: EntityName<T>,
    data: EntityDictionary<T>[],
    options: NativeInsertUpdateManyOptions<T> = {},
    transform?: (sql: string) => string,
  ): Promise<QueryResult<T>> {
    const { insert } = (options.ctx ?? {}) as Partial<InsertRunner>;
    const meta = this.metadata.get(entityName);
    const isOfFlush = options.convertCustomTypes === false && transform === undefined;
    const rows = isOfFlush && insert && bulkInsert(meta, this.getTableName(meta, options), data, this.#plans);
    if (!rows) return super.nativeInsertMany(entityName, data, options, transform);
    await this.rethrow(insert(rows));
    return { affectedRows: data.length } as QueryResult<T>;
  }
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
