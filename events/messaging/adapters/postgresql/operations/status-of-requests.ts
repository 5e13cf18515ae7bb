import type pg from 'pg';
import type { RequestStatus } from '../../../watching/status.ts';
import { isHead } from '../requests/request-heads.ts';
import { send } from '../transactions/statement.ts';
import { prepared } from '../transactions/statement-names.ts';

/** All requests of these contexts that have not ended, by what they ask for. What waits for another of its key is not late. */
export async function readRequests(pool: pg.Pool, contexts: readonly string[]): Promise<readonly RequestStatus[]> {
  if (contexts.length === 0) return [];
  const text = `${contexts.map(requestsQuery).join(' union all ')} order by kind`;
  const { rows } = await send<RequestStatus & pg.QueryResultRow>(pool, prepared(text));
  return rows;
}

const requestsQuery = (context: string): string => `
  select r.kind, count(*) filter (where not r.is_dead) as waiting,
         count(*) filter (where not r.is_dead and coalesce(r.recording_error, r.error) is not null) as failing,
         count(*) filter (where r.is_dead) as dead,
         coalesce(extract(epoch from clock_timestamp() - min(r.recorded_at) filter (where not r.is_dead and ${isHead(context)})), 0)::float8
           as "oldestSeconds"
    from ${context}.request r where r.state = 'pending' group by r.kind`;
