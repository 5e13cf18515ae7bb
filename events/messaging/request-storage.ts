import type { TenantId } from '#shared-kernel/tenant';
import type { Execution } from './execution.ts';

/** A recorded request on its way to the outside. */
export interface PendingRequest {
  readonly tenantId: TenantId;
  readonly kind: string;
  readonly id: string;
  readonly key: string | null;
  readonly payload: unknown;
  /** Attempts begun, this one included. */
  readonly attempt: number;
  /** On whose behalf the answer is recorded. */
  readonly execution: Execution;
}

/** Requests of one context. A request is leased to one process at a time; the lease saves calls, the provider's key makes them safe. */
export interface RequestStorage<Scope> {
  /** Leases due requests of these kinds: at most `limit`, only the oldest unanswered of each key. */
  lease(kinds: readonly string[], limit: number, leaseMs: number): Promise<readonly PendingRequest[]>;
  /** Keeps the answer and what it means in one transaction; false when it was answered already. */
  inAnswer(request: PendingRequest, answer: unknown, work: (scope: Scope) => Promise<void>): Promise<boolean>;
  /** Keeps that the request failed for good, and what that means, in one transaction. */
  inFailure(request: PendingRequest, error: string, work: (scope: Scope) => Promise<void>): Promise<boolean>;
  postpone(request: PendingRequest, error: string, pauseMs: number): Promise<void>;
}

/** Takes requests from the commit that recorded them, which leases as many to this process as there is room for. */
export interface RequestTaker {
  readonly leaseMs: number;
  room(): number;
  /** `areMore`: others were recorded that are leased to nobody. */
  take(leased: readonly PendingRequest[], areMore: boolean): void;
}
