import type pg from 'pg';
import { inTransaction } from '../transactions/in-transaction.ts';
import { type Queryable, send } from '../transactions/statement.ts';
import { findDesks } from './desks.ts';

/** Names that the code does not have and the database does, as from older code. */
export interface StoredNames {
  hasKind(kind: string): Promise<boolean>;
  hasType(type: string): Promise<boolean>;
  /** Of the log alone, which is long: true as well where that cannot be said within a moment. */
  hasTypeBeginning(prefix: string): Promise<boolean>;
}

/** Milliseconds: only a name that is nowhere has all of the log looked through. */
const A_MOMENT = 2_000;
/** query_canceled: `statement_timeout` was over. */
const CANCELLED = '57014';

export const createStoredNames = (pool: pg.Pool): StoredNames => ({
  hasKind: async (kind) => isIn(pool, await tablesOf(pool, 'request'), { condition: 'kind = $1', name: kind }),
  hasType: async (type) =>
    (await isIn(pool, await tablesOf(pool, 'parked'), { condition: 'type = $1', name: type })) ||
    isInLog(pool, { condition: 'type = $1', name: type }),
  hasTypeBeginning: (prefix) => isInLog(pool, { condition: 'starts_with(type, $1)', name: prefix }),
});

interface Wanted {
  readonly condition: string;
  readonly name: string;
}

const tablesOf = async (pool: pg.Pool, table: string): Promise<readonly string[]> =>
  (await findDesks(pool)).map((context) => `${context}.${table}`);

async function isIn(connection: Queryable, tables: readonly string[], { condition, name }: Wanted): Promise<boolean> {
  if (tables.length === 0) return false;
  const found = tables.map((table) => `exists (select from ${table} where ${condition})`);
  const text = `select ${found.join(' or ')} as is_there`;
  return (await send<{ is_there: boolean }>(connection, { text, values: [name] })).rows[0]!.is_there;
}

async function isInLog(pool: pg.Pool, wanted: Wanted): Promise<boolean> {
  try {
    return await inTransaction(pool, async (transaction) => {
      await transaction.query({ text: `set local statement_timeout = ${A_MOMENT}`, values: [] });
      return isIn(transaction, ['messaging.log'], wanted);
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === CANCELLED) return true;
    throw error;
  }
}
