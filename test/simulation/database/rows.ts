import type { Execution } from '#events/messaging/units/execution';
import type { EventDraft, LogPosition, RecordedEvent } from '#events/messaging/log/log';
import type { CallEnd } from '#events/messaging/requests/request-storage';
import type { TenantId } from '#shared-kernel/tenant';
import { Table } from './table.ts';

export interface LaneRow {
  readonly id: string;
  readonly subscriber: string;
  readonly start: LogPosition;
  readonly pausedBecause: string | null;
}

export interface LedgerRow {
  readonly from: number;
  readonly to: LogPosition;
}

export interface TrialRow {
  readonly position: number;
  readonly starts: number;
}

export interface ParkedRow {
  readonly laneId: string;
  readonly event: RecordedEvent;
  readonly attempts: number;
  readonly dueAt: number;
  readonly isDead: boolean;
}

export interface RequestRow {
  readonly tenantId: TenantId;
  readonly kind: string;
  readonly id: string;
  readonly key: string | null;
  readonly sequence: number;
  readonly payload: unknown;
  readonly execution: Execution;
  readonly state: 'pending' | 'answered' | 'failed';
  readonly attempts: number;
  readonly dueAt: number;
  /** How the call ended, once that is kept. */
  readonly end: CallEnd | null;
  readonly recordings: number;
  readonly isDead: boolean;
}

export interface ScheduledRow {
  readonly tenantId: TenantId;
  readonly name: string;
  readonly dueAt: number;
  readonly draft: EventDraft;
}

export interface IdempotencyRow {
  readonly fingerprint: string;
  readonly result: unknown;
}

/** The tables of one context. */
export class Schema {
  readonly context: string;
  readonly lanes = new Table<LaneRow>('lane');
  readonly trials = new Table<TrialRow>('trial');
  readonly parked = new Table<ParkedRow>('parked');
  readonly requests = new Table<RequestRow>('request');
  readonly scheduled = new Table<ScheduledRow>('scheduled');
  readonly idempotency = new Table<IdempotencyRow>('idempotency');
  readonly orders = new Table<number>('order');
  readonly #ledgers = new Map<string, Table<LedgerRow>>();

  constructor(context: string) {
    this.context = context;
  }

  /** A lane's ledger, keyed by where its rows begin. */
  ledgerOf(laneId: string): Table<LedgerRow> {
    const ledger = this.#ledgers.get(laneId) ?? new Table<LedgerRow>(`ledger ${laneId}`);
    this.#ledgers.set(laneId, ledger);
    return ledger;
  }

  get ledgers(): readonly Table<LedgerRow>[] {
    return [...this.#ledgers.values()];
  }
}
