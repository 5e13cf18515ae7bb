import { type EntityManager, MikroORM, type Options } from '@mikro-orm/postgresql';
import { PostgresDialect } from 'kysely';
import type pg from 'pg';
import { type ChangeRunner, PreparedDriver, type QueryRunner } from './prepared-driver.ts';
import { prepared } from './statement-names.ts';
import type { Statement } from './statement.ts';
import type { Transaction } from './transaction.ts';

export type Entities = NonNullable<Options['entities']>;

/** Rows of one insert: as many as the largest batch of a lane makes, unless its handler writes several a table. */
const LARGEST_INSERT = 1_000;

/**
 * Where MikroORM meets our transactions. MikroORM maps rows, keeps the identity map and decides what a flush changes; our driver
 * makes the SQL of most of that (ADR 16); connections, BEGIN and COMMIT are ours (ADR 9).
 */
export class MikroOrmUnits {
  readonly #orm: MikroORM;
  readonly #pool: pg.Pool;

  private constructor(orm: MikroORM, pool: pg.Pool) {
    this.#orm = orm;
    this.#pool = pool;
  }

  static async open(entities: Entities, pool: pg.Pool): Promise<MikroOrmUnits> {
    const orm = await MikroORM.init({
      entities,
      driver: PreparedDriver,
      batchSize: LARGEST_INSERT,
      dbName: 'unused',
      driverOptions: new PostgresDialect({ pool }),
      ensureDatabase: false,
      preferReadReplicas: false,
      implicitTransactions: false,
      useBatchUpdates: false,
      propagationOnPrototype: false,
      discovery: { warnWhenNoEntities: false },
    });
    return new MikroOrmUnits(orm, pool);
  }

  /** An identity map whose every statement runs in the transaction. */
  within(transaction: Transaction): EntityManager {
    return this.#fork((query) => transaction.queryText(query), {
      change: (kind, rows) => transaction.change(kind, rows),
    });
  }

  /** An identity map for queries, each statement on its own. */
  reading(): EntityManager {
    return this.#fork((query) => this.#pool.query(query));
  }

  #fork(run: (query: Statement) => Promise<pg.QueryResult>, changes?: ChangeRunner): EntityManager {
    const em = this.#orm.em.fork({ clear: true, useContext: false });
    const runner: QueryRunner & Partial<ChangeRunner> = {
      ...changes,
      executeQuery: async ({ sql, parameters }) => {
        const { rows, rowCount } = await run(toStatement(sql, parameters));
        return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
      },
    };
    em.setTransactionContext(runner);
    return em;
  }
}

const toStatement = (text: string, values: readonly unknown[]): Statement =>
  values.length > 0 ? prepared(text, [...values]) : { text, values: [] };
