import type { TenantId } from '#shared-kernel/tenant';
import type { EventDraft } from '../../../log/log.ts';
import type { ScheduleStorage } from '../../../units/schedule.ts';
import { FACT_COLUMNS, type FactRow, toDraft, toRecordedEvent } from '../log/log-statements.ts';
import type { PostgresStore } from '../store.ts';
import type { FinalStatement } from '../transactions/transaction.ts';

const OTHER_COLUMNS = FACT_COLUMNS.split(', ').filter((column) => column !== 'tenant_id');

export interface Appointment {
  readonly tenantId: TenantId;
  readonly name: string;
  /** A moment, or milliseconds from now by the clock of the database. */
  readonly due: Date | number;
}

export const scheduleStatement = (
  schema: string,
  { tenantId, name, due }: Appointment,
  draft: EventDraft,
): FinalStatement => ({
  name: `${schema}.schedule`,
  text: `
    insert into ${schema}.scheduled (tenant_id, name, due_at, ${OTHER_COLUMNS.join(', ')})
    values ($1, $2, coalesce($3::timestamptz, now() + $4::float8 * interval '1 millisecond'),
            ${OTHER_COLUMNS.map((_, at) => `$${at + 5}`).join(', ')})
    on conflict (tenant_id, name) do update set due_at = excluded.due_at,
      ${OTHER_COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}`,
  values: [
    tenantId,
    name,
    typeof due === 'number' ? null : due,
    typeof due === 'number' ? due : null,
    draft.id,
    draft.type,
    draft.version,
    draft.key,
    draft.data,
    draft.occurredAt,
    draft.correlationId,
    draft.causationId,
    draft.traceparent,
    draft.actor,
    draft.source,
  ],
});

export const cancelStatement = (schema: string, tenantId: TenantId, name: string): FinalStatement => ({
  name: `${schema}.cancel`,
  text: `delete from ${schema}.scheduled where tenant_id = $1 and name = $2`,
  values: [tenantId, name],
});

/** Facts with a due time in a context's schema. */
export class PostgresSchedule<Scope> implements ScheduleStorage {
  readonly #store: PostgresStore<Scope>;

  constructor(store: PostgresStore<Scope>) {
    this.#store = store;
  }

  async publishDue(limit: number): Promise<number> {
    return this.#store.transaction(async (unit) => {
      const table = `${this.#store.context}.scheduled`;
      const { rows } = await unit.transaction.query<FactRow & { due_at: Date }>({
        name: `${table}.due`,
        text: `
          with due as (select tenant_id, name from ${table} where due_at <= now() order by due_at limit $1 for update skip locked)
          delete from ${table} s using due where (s.tenant_id, s.name) = (due.tenant_id, due.name)
          returning 0 as position, now() as recorded_at, s.due_at, s.tenant_id, ${OTHER_COLUMNS.map((column) => `s.${column}`).join(', ')}`,
        values: [limit],
      });
      const inOrder = rows.toSorted((a, b) => a.due_at.getTime() - b.due_at.getTime());
      unit.outbox.drafts.push(...inOrder.map((row) => ({ ...toDraft(toRecordedEvent(row)), occurredAt: row.due_at })));
      return rows.length;
    });
  }
}
