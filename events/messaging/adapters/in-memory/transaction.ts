import type { Clock } from '#shared-kernel/clock';
import type { TenantId } from '#shared-kernel/tenant';
import type { NewEvent } from '../../facts/event.ts';
import { recordExecution, type Execution } from '../../units/execution.ts';
import type { EventDraft } from '../../log/log.ts';
import { Outbox } from '../../units/outbox.ts';
import type { NewRequest } from '../../requests/request.ts';
import type { CallEnd } from '../../requests/request-storage.ts';
import type { UnitScope } from '../../units/scope.ts';
import type { Tracing } from '../../watching/tracing.ts';
import type { StagedTables } from './tables.ts';

/** A request as the in-memory store keeps it. */
export interface RequestRow extends NewRequest {
  readonly tenantId: TenantId;
  readonly execution: Execution;
  readonly sequence: number;
  readonly state: 'pending' | 'answered' | 'failed';
  readonly attempts: number;
  readonly dueAt: number;
  readonly end: CallEnd | null;
  /** Begun, of how the call ended; 0 before it has. */
  readonly recordings: number;
  readonly isDead: boolean;
}

export interface ScheduledRow {
  readonly dueAt: number;
  readonly draft: EventDraft;
}

/** One unit of work in memory: staged rows, facts to append. */
export class MemoryTransaction {
  readonly staged: StagedTables;
  readonly outbox: Outbox;
  readonly newRequests: RequestRow[] = [];
  readonly #clock: Clock;

  constructor(context: string, staged: StagedTables, clock: Clock, tracing?: Tracing) {
    this.staged = staged;
    this.outbox = new Outbox(context, clock, tracing);
    this.#clock = clock;
  }

  unitScope(tenantId: TenantId): UnitScope {
    const scheduled = this.staged.shared<ScheduledRow>('scheduled');
    const schedule = (dueAt: number, name: string, event: NewEvent) =>
      scheduled.put(`${tenantId}/${name}`, { dueAt, draft: this.outbox.draft(event) });
    return {
      tenantId,
      clock: this.#clock,
      publish: this.outbox.publish,
      request: (request) => this.#request(tenantId, request),
      schedule: {
        after: (milliseconds, name, event) => schedule(this.#clock.now().getTime() + milliseconds, name, event),
        at: (due, name, event) => schedule(due.getTime(), name, event),
        cancel: (name) => {
          this.outbox.assertOpen(name, 'cancelled');
          scheduled.delete(`${tenantId}/${name}`);
        },
      },
    };
  }

  #request(tenantId: TenantId, request: NewRequest): void {
    this.outbox.assertOpen(request.kind, 'requested');
    const requests = this.staged.shared<RequestRow>('requests');
    const id = requestId(tenantId, request);
    if (requests.get(id)) return;
    const row: RequestRow = {
      ...request,
      tenantId,
      execution: recordExecution(),
      sequence: requests.all().length,
      state: 'pending',
      attempts: 0,
      dueAt: 0,
      end: null,
      recordings: 0,
      isDead: false,
    };
    requests.put(id, row);
    this.newRequests.push(row);
  }
}

export const requestId = (tenantId: TenantId, { kind, id }: { readonly kind: string; readonly id: string }) =>
  `${tenantId}/${kind}/${id}`;
