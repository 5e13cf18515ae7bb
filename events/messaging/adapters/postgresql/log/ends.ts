import { type Queryable, send } from '../transactions/statement.ts';

/** Where the log begins, after what was pruned, and where it ends. */
export async function readEnds(connection: Queryable): Promise<{ readonly floor: number; readonly end: number }> {
  const { rows } = await send<{ floor: number; end: number }>(connection, {
    text: `
      select (select floor from messaging.log_identity) as floor,
             coalesce((select position from messaging.log order by position desc limit 1), 0) as end`,
    values: [],
  });
  return rows[0]!;
}
