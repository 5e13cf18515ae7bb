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

/** Requests stand kind by kind in their index: each kind is a step in it, however many there are of one. */
const requestsIn = (context: string) => `
  with recursive kinds (kind) as (
    (select kind from ${context}.request where state = 'pending' and not is_dead order by kind limit 1)
    union all
    select (select next.kind from ${context}.request next
             where next.state = 'pending' and not next.is_dead and next.kind > kinds.kind order by next.kind limit 1)
      from kinds where kinds.kind is not null)
  select ${milliseconds('min(first.due_at)')} from kinds, lateral (
    select due_at from ${context}.request r
     where r.kind = kinds.kind and not is_dead and ${isHead(context)} order by due_at limit 1) first`;

/** One statement for all contexts of a database. */
export async function dueWorkOf(pool: pg.Pool, contexts: readonly string[]): Promise<ReadonlyMap<string, DueWork>> {
  const selects = contexts.map(
    (context) => `
      select '${context}' as context,
             (${requestsIn(context)}) as requests_in,
             (select ${milliseconds('min(due_at)')} from ${context}.scheduled) as schedule_in`,
  );
  const { rows } = await send<DueRow>(pool, prepared(selects.join(' union all ')));
  return new Map(rows.map((row) => [row.context, { requestsIn: row.requests_in, scheduleIn: row.schedule_in }]));
}
