import type pg from 'pg';
import { inTransaction } from '../transactions/in-transaction.ts';
import type { Operator } from './audit.ts';
import type { Onlooker } from './onlooker.ts';
import { actInPortions, portionsOf } from './portions.ts';
import { findIdle, IS_UNDER_WAY, type RequestFilter, type RequestName } from './requests.ts';

/** `retry` at once with fresh attempts, without another call where the answer is kept; `skip` it: nobody hears how it ended. */
export type RequestAction = 'retry' | 'skip';

/** Which requests are to be acted on, by whom and why. */
export interface RequestOrder {
  readonly filter: RequestFilter;
  readonly operator: Operator;
}

/** On how many an order would act. */
export async function planRequests(pool: pg.Pool, filter: RequestFilter): Promise<number> {
  return (await findIdle(pool, filter)).reduce((sum, { names }) => sum + names.length, 0);
}

/**
 * Acts on every request that matches when it begins, in portions of one transaction each; those that are under way are left alone.
 * Each is audited. Returns on how many it acted.
 */
export async function actOnRequests(
  pool: pg.Pool,
  action: RequestAction,
  { filter, operator }: RequestOrder,
  onlooker?: Onlooker,
): Promise<number> {
  const found = await findIdle(pool, filter);
  const portions = found.flatMap(({ context, names }) =>
    portionsOf(names, (some) => actOnPortion(pool, action, operator, { context, names: some })),
  );
  return actInPortions(portions, onlooker);
}

const actOnPortion = (
  pool: pg.Pool,
  action: RequestAction,
  { actor, reason }: Operator,
  { context, names }: { readonly context: string; readonly names: readonly RequestName[] },
): Promise<number> =>
  inTransaction(pool, async (transaction) => {
    const { rows } = await transaction.query<{ done: number }>({
      text: `
        with held as (
          select tenant_id, kind, id from ${context}.request r
           where state = 'pending' and not ${IS_UNDER_WAY}
             and (tenant_id, kind, id) in (select * from unnest($1::text[], $2::text[], $3::text[]))
             for update skip locked),
        acted as (
          update ${context}.request r set ${CHANGES[action]} from held
           where (r.tenant_id, r.kind, r.id) = (held.tenant_id, held.kind, held.id)
          returning r.tenant_id, r.kind, r.id, r.key),
        audited as (
          insert into ${context}.operation (actor, action, subscriber, request_id, tenant_id, key, reason)
          select $4, $5, kind, id, tenant_id, key, $6 from acted)
        select count(*) as done from acted`,
      values: [
        names.map(({ tenantId }) => tenantId),
        names.map(({ kind }) => kind),
        names.map(({ id }) => id),
        actor,
        `${action} request`,
        reason,
      ],
    });
    return rows[0]!.done;
  });

const CHANGES: Readonly<Record<RequestAction, string>> = {
  retry: `
    is_dead = false, due_at = now(), recordings = (r.answer is not null)::int,
    attempts = case when r.answer is null then 0 else r.attempts end`,
  skip: `state = 'failed', ended_at = now(), payload = 'null', execution = 'null', is_dead = false`,
};
