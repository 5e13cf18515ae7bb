import type { TenantId } from '#shared-kernel/tenant';
import type { Execution } from '../units/execution.ts';
import type { Room } from './room.ts';

/** How a call to the outside ended: with an answer, or without one for good. Both are JSON. */
export type CallEnd = { readonly answer: unknown } | { readonly error: string };

/** A call that has ended is not made again: how it ended is kept until that is recorded. */
export interface KeptEnd {
  readonly end: CallEnd;
  /** Recordings begun, this one included. */
  readonly recording: number;
}

/** Why the end of a call could not be recorded, and for how long that rests. */
export interface Setback {
  readonly error: string;
  /** Milliseconds; null: until a person wants it tried again. */
  readonly restMs: number | null;
}

/** A recorded request on its way to the outside. */
export interface PendingRequest {
  readonly tenantId: TenantId;
  readonly kind: string;
  readonly id: string;
  readonly key: string | null;
  readonly payload: unknown;
  /** Calls begun, this one included; also one that its process did not live to begin. */
  readonly attempt: number;
  readonly kept?: KeptEnd | undefined;
  /** On whose behalf the answer is recorded. */
  readonly execution: Execution;
}

/** A request that nobody else begins for a while. */
export interface LeasedRequest extends PendingRequest {
  /** By the clock of the process that has it. */
  readonly leasedUntil: number;
}

/** Requests of one context. A request is leased to one process at a time; the lease saves calls, the provider's key makes them safe. */
export interface RequestStorage<Scope> {
  /** Leases due requests: as many of each kind as there is room for, only the oldest unended of each key. */
  lease(room: Room, leaseMs: number): Promise<readonly PendingRequest[]>;
  /** What was leased is not begun after all: it is due at once, no attempt is spent. Leaves alone what others have leased since. */
  giveBack(requests: readonly PendingRequest[]): Promise<void>;
  /** Keeps the answer and what it means in one transaction; false when it was answered already. */
  inAnswer(request: PendingRequest, answer: unknown, work: (scope: Scope) => Promise<void>): Promise<boolean>;
  /** Keeps that the request failed for good, and what that means, in one transaction; false when there is an answer after all. */
  inFailure(request: PendingRequest, error: string, work: (scope: Scope) => Promise<void>): Promise<boolean>;
  /** The call failed, and is made again after a pause. Leaves alone what others have leased since. */
  postpone(request: PendingRequest, error: string, pauseMs: number): Promise<void>;
  /** Keeps how the call ended before that is recorded: an answer whoever has leased it since, a failure under the lease only. */
  keep(request: PendingRequest, end: CallEnd): Promise<void>;
  /** Keeps how the call ended, and ends the lease: it could not be recorded. Of what others have leased since it keeps an answer only. */
  setBack(request: PendingRequest, end: CallEnd, setback: Setback): Promise<void>;
}

/** Takes requests from the commit that recorded them, which leases as many to this process as there is room for. */
export interface RequestTaker {
  readonly leaseMs: number;
  room(kind: string): number;
  /** `kindsOfOthers`: those of which others were recorded, that are leased to nobody. */
  take(leased: readonly PendingRequest[], kindsOfOthers?: readonly string[]): void;
}
