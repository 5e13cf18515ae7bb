import type pg from 'pg';
import type { DueWork } from '../../../units/context-store.ts';
import { isHead } from '../requests/request-heads.ts';
import { send } from '../transactions/statement.ts';
import { prepared } from '../transactions/statement-names.ts';

interface DueRow {
  readonly context: string;
  readonly requests_in: number | null;
  readonly schedule_in: number | null;
}

/** Null where nothing is due: `greatest` alone would make it 0. */
const milliseconds = (due: string) =>
  `case when ${due} is not null then greatest(0, extract(epoch from ${due} - now()) * 1000)::float8 end`;

/** One statement for all contexts of a database. */
export async function dueWorkOf(pool: pg.Pool, contexts: readonly string[]): Promise<ReadonlyMap<string, DueWork>> {
  const selects = contexts.map(
    (context) => `
      select '${context}' as context,
             (select ${milliseconds('due_at')} from ${context}.request r
               where not is_dead and ${isHead(context)} order by due_at limit 1) as requests_in,
             (select ${milliseconds('min(due_at)')} from ${context}.scheduled) as schedule_in`,
  );
  const { rows } = await send<DueRow>(pool, prepared(selects.join(' union all ')));
  return new Map(rows.map((row) => [row.context, { requestsIn: row.requests_in, scheduleIn: row.schedule_in }]));
}
