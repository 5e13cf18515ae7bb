import type pg from 'pg';
import { send } from '../transactions/statement.ts';
import { isHead } from '../requests/request-heads.ts';
import { findDesks } from './desks.ts';

/**
 * `waiting`: for its first call; `under way`: a process has it; `failed`: its call failed and is made again; `unrecorded`: its call
 * has ended, which is recorded again; `behind`: an older one of its key has not ended; `dead`: nobody tries it any more.
 */
export type RequestState = 'waiting' | 'under way' | 'failed' | 'unrecorded' | 'behind' | 'dead';

/** A request to the outside that has not ended, as an operator sees it. */
export interface RequestItem {
  readonly kind: string;
  readonly id: string;
  readonly tenantId: string;
  readonly key: string | null;
  readonly state: RequestState;
  /** Calls that were begun. */
  readonly attempts: number;
  /** Its answer is kept: it is not called again. */
  readonly isAnswered: boolean;
  /** How often it was tried to record how its call ended. */
  readonly recordings: number;
  readonly askedAt: Date;
  readonly dueAt: Date;
  /** What failed last: recording, or else the call. */
  readonly error: string | null;
}

/** Which requests are meant; all that match every part that is given. */
export interface RequestFilter {
  readonly kind?: string;
  readonly id?: string;
  readonly key?: string;
  /** A part of the error's text. */
  readonly error?: string;
  readonly isDead?: boolean;
}

/** The oldest first, context by context. */
export async function listRequests(
  pool: pg.Pool,
  filter: RequestFilter,
  limit: number,
): Promise<readonly RequestItem[]> {
  const items: RequestItem[] = [];
  for (const context of await findDesks(pool)) {
    const { rows } = await send<RequestItem & pg.QueryResultRow>(pool, {
      text: `
        select kind, id, tenant_id as "tenantId", key, ${stateIn(context)} as state, attempts, answer is not null as "isAnswered",
               recordings, recorded_at as "askedAt", due_at as "dueAt", ${ERROR} as error
          from ${context}.request r where ${MATCHES} order by sequence limit $6`,
      values: [...filterValues(filter), limit - items.length],
    });
    items.push(...rows);
  }
  return items;
}

/** How many match. */
export async function countRequests(pool: pg.Pool, filter: RequestFilter): Promise<number> {
  let count = 0;
  for (const context of await findDesks(pool)) {
    const text = `select count(*) as requests from ${context}.request r where ${MATCHES}`;
    count += (await send<{ requests: number }>(pool, { text, values: filterValues(filter) })).rows[0]!.requests;
  }
  return count;
}

/** Names one request of a context. */
export interface RequestName {
  readonly tenantId: string;
  readonly kind: string;
  readonly id: string;
}

/** Those that match and are not under way, context by context. */
export async function findIdle(
  pool: pg.Pool,
  filter: RequestFilter,
): Promise<readonly { readonly context: string; readonly names: readonly RequestName[] }[]> {
  const found = [];
  for (const context of await findDesks(pool)) {
    const { rows: names } = await send<RequestName & pg.QueryResultRow>(pool, {
      text: `
        select tenant_id as "tenantId", kind, id from ${context}.request r
         where ${MATCHES} and not ${IS_UNDER_WAY} order by sequence`,
      values: filterValues(filter),
    });
    found.push({ context, names });
  }
  return found;
}

/** A process has leased it. */
export const IS_UNDER_WAY = '(r.leased_by is not null and r.due_at > now())';

const ERROR = 'coalesce(r.recording_error, r.error)';

const stateIn = (context: string) => `
  case when r.is_dead then 'dead' when ${IS_UNDER_WAY} then 'under way' when not (${isHead(context)}) then 'behind'
       when r.recordings > 0 then 'unrecorded' when r.error is not null then 'failed' else 'waiting' end`;

const MATCHES = `
  r.state = 'pending' and ($1::text is null or r.kind = $1) and ($2::text is null or r.id = $2) and ($3::text is null or r.key = $3)
  and ($4::text is null or strpos(${ERROR}, $4) > 0) and ($5::boolean is null or r.is_dead = $5)`;

const filterValues = ({ kind, id, key, error, isDead }: RequestFilter): unknown[] => [
  kind ?? null,
  id ?? null,
  key ?? null,
  error ?? null,
  isDead ?? null,
];
