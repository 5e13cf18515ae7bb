import { type Queryable, send } from '../transactions/statement.ts';

/** Every schema with a part of the post office, also of contexts that the code no longer has, as a statement. */
export const DESKS = `
  select quote_ident(n.nspname) as context from pg_namespace n
   where (select count(*) from pg_class c where c.relnamespace = n.oid and c.relname = any('{lane,ledger,parked,scheduled}')) = 4
   order by n.nspname`;

/** Their names. */
export async function findDesks(connection: Queryable): Promise<readonly string[]> {
  const { rows } = await send<{ context: string }>(connection, { text: DESKS, values: [] });
  return rows.map(({ context }) => context);
}
