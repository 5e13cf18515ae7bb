import type pg from 'pg';
import { Transaction } from '../transaction.ts';

/** Runs an operator's work in one transaction. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  const transaction = new Transaction(client);
  try {
    const result = await work(transaction);
    await transaction.commit([]);
    return result;
  } catch (error) {
    await transaction.rollback();
    throw error;
  } finally {
    client.release(client.getTransactionStatus() !== 'I');
  }
}
