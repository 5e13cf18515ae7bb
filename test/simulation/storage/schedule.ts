import type { EventDraft } from '#events/messaging/log/log';
import type { ScheduleStorage } from '#events/messaging/units/schedule';
import type { TenantId } from '#shared-kernel/tenant';
import type { Backend, Statement } from '../database/backend.ts';
import type { ScheduledRow, Schema } from '../database/rows.ts';
import { dateAt } from '../world/machine.ts';
import type { SimulatedStore } from './store.ts';

/** Facts with a due time in the tiny database, statement by statement as they are in PostgreSQL. */
export class SimulatedSchedule implements ScheduleStorage {
  readonly #store: SimulatedStore;

  constructor(store: SimulatedStore) {
    this.#store = store;
  }

  async publishDue(limit: number): Promise<number> {
    const { context } = this.#store;
    return this.#store.transaction(context, async (unit) => {
      const due = await unit.transaction.query(`${context}: take due facts`, this.#takeDue(limit));
      unit.outbox.drafts.push(...due.map(({ dueAt, draft }) => ({ ...draft, occurredAt: dateAt(dueAt) })));
      return due.length;
    });
  }

  #takeDue(limit: number): Statement<readonly ScheduledRow[]> {
    const { schema, has } = this.#store;
    const isDue = ({ dueAt }: ScheduledRow, backend: Backend) => dueAt <= backend.now || !has('dueTimesAreKept');
    return function* (backend) {
      const due = backend.all(schema.scheduled).filter((row) => isDue(row, backend));
      yield;
      const taken: ScheduledRow[] = [];
      for (const row of due.toSorted((a, b) => a.dueAt - b.dueAt).slice(0, limit)) {
        const key = appointmentOf(row.tenantId, row.name);
        const isOurs = !has('dueFactsAreHeld') || backend.tryHoldRow(schema.scheduled, key);
        const now = has('dueFactsAreHeld') ? isOurs && backend.get(schema.scheduled, key) : row;
        if (!now) continue;
        backend.set(schema.scheduled, key, undefined);
        taken.push(now);
      }
      return taken;
    };
  }
}

/** A moment, or milliseconds from now by the clock of the database. */
export type Due = { readonly at: number } | { readonly after: number };

export const schedule = (
  schema: Schema,
  {
    tenantId,
    name,
    due,
    draft,
  }: Pick<ScheduledRow, 'tenantId' | 'name'> & { readonly due: Due; readonly draft: EventDraft },
): Statement<void> =>
  function* (backend) {
    const dueAt = 'at' in due ? due.at : backend.now + due.after;
    const key = appointmentOf(tenantId, name);
    yield* backend.holdRow(schema.scheduled, key);
    backend.set(schema.scheduled, key, { tenantId, name, dueAt, draft });
  };

export const cancel = (schema: Schema, tenantId: TenantId, name: string): Statement<void> =>
  function* (backend) {
    const key = appointmentOf(tenantId, name);
    yield* backend.holdRow(schema.scheduled, key);
    backend.set(schema.scheduled, key, undefined);
  };

const appointmentOf = (tenantId: TenantId, name: string) => `${tenantId}/${name}`;
