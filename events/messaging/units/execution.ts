import { AsyncLocalStorage } from 'node:async_hooks';
import type { TenantId } from '#shared-kernel/tenant';
import { uuidV7 } from '#shared-kernel/uuid';

/** On whose behalf, and because of what, the running code runs. Opened at an edge or by a lane; stamped on every event. */
export interface Execution {
  readonly tenantId: TenantId;
  /** Who asked: `customer:…`, `operator:…`, `api`, `import`, or the subscriber that reacted. */
  readonly actor: string;
  /** What is running: a command (`checkout.placeOrder`) or a subscriber (`fulfillment.reserveStockOnOrderPlaced`). */
  readonly source: string;
  /** The whole story this belongs to. */
  readonly correlationId: string;
  /** The one thing that caused this: the id of an event, or of the command's call. */
  readonly causationId: string;
  /** W3C Trace Context, where the edge received or began one. */
  readonly traceparent?: string | undefined;
  readonly idempotency?: Idempotency | undefined;
}

/** A caller's promise that the same key means the same operation. */
export interface Idempotency {
  readonly operation: string;
  readonly key: string;
  /** A digest of the input, to tell a repeat from another request under the same key. */
  readonly fingerprint: string;
}

/** Work that belongs to a tenant ran without one. A defect of the edge that called it. */
export class OutsideExecution extends Error {
  constructor() {
    super('no execution is open: wrap the call in runAs({ tenantId, actor, … }, work)');
    this.name = 'OutsideExecution';
  }
}

const current = new AsyncLocalStorage<Execution>();

/** Runs work, and all that it awaits, on behalf of somebody. */
export const runAs = <Result>(execution: Execution, work: () => Result): Result => current.run(execution, work);

/** To be read, not to be kept or copied: for that there is {@link recordExecution}. @throws {OutsideExecution} */
export function currentExecution(): Execution {
  const execution = current.getStore();
  if (!execution) throw new OutsideExecution();
  return execution;
}

/** The execution that runs now, as a record that can be kept and copied. @throws {OutsideExecution} */
export function recordExecution(): Execution {
  const { tenantId, actor, source, correlationId, causationId, traceparent, idempotency } = currentExecution();
  return { tenantId, actor, source, correlationId, causationId, traceparent, idempotency };
}

/** An execution that begins a story of its own. */
export function beginExecution(
  begin: Pick<Execution, 'tenantId' | 'actor' | 'source'> & Partial<Execution>,
): Execution {
  const id = uuidV7();
  return { correlationId: id, causationId: id, ...begin };
}
