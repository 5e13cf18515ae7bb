import type pg from 'pg';
import { withConnection } from './pool.ts';
import { Transaction } from './transaction.ts';

/** Runs an operator's work in one transaction. */
export const inTransaction = <Result>(
  pool: pg.Pool,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> => withConnection(pool, (client) => inTransactionOn(client, work));

/** The same on a connection that the caller holds. */
export async function inTransactionOn<Result>(
  client: pg.PoolClient,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const transaction = new Transaction(client);
  try {
    const result = await work(transaction);
    await transaction.commit([]);
    return result;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}
