import { AsyncLocalStorage } from 'node:async_hooks';
import { DomainError } from '#shared-kernel/errors';
import type { TenantId } from '#shared-kernel/tenant';
import type { UnitOfWork } from '#shared-kernel/unit-of-work';
import { currentExecution, type Idempotency } from './execution.ts';
import { faultOf } from '../lanes/fault.ts';

/** One open transaction of one context. */
export interface OpenUnit<Scope> {
  scopeOf(tenantId: TenantId): Scope;
  /** The result recorded under the key, once its twin, if one is running, has ended. @throws {IdempotencyKeyReused} */
  recall(tenantId: TenantId, idempotency: Idempotency): Promise<{ readonly result: unknown } | undefined>;
  remember(tenantId: TenantId, idempotency: Idempotency, result: unknown): void;
}

/** Opens a transaction, runs the work, commits; undoes everything when the work throws. */
export type InTransaction<Scope> = <Result>(work: (unit: OpenUnit<Scope>) => Promise<Result>) => Promise<Result>;

/** The same idempotency key came with another input. */
export class IdempotencyKeyReused extends DomainError {
  readonly code = 'messaging.idempotency-key-reused';
  readonly kind = 'rejected';

  constructor(operation: string) {
    super(`this idempotency key was used for another ${operation}; use a new key for a new request`);
  }
}

/** Another call with the same idempotency key is still running. */
export class IdempotencyKeyBusy extends DomainError {
  readonly code = 'messaging.idempotency-key-busy';
  readonly kind = 'conflict';

  constructor(operation: string) {
    super(`a ${operation} with this idempotency key is still running; ask again in a moment`);
  }
}

/** A part of the unit failed and was caught, so the unit must not commit. */
export class RollbackOnly extends Error {
  constructor(cause: unknown) {
    super('an inner unit of work failed, so the outer one was undone; do not catch its error', { cause });
    this.name = 'RollbackOnly';
  }
}

/** Others changed the same records at the same time, again and again. */
export class ConcurrentChange extends DomainError {
  readonly code = 'messaging.concurrent-change';
  readonly kind = 'conflict';

  constructor() {
    super('others changed the same records at the same time; read again and retry');
  }
}

interface Joinable<Scope> {
  readonly unit: OpenUnit<Scope>;
  failure?: { readonly error: unknown };
}

const TRIES = 8;

/** Units of work over any store: inner calls join, idempotency keys are honoured, lost races are run again. */
export function createUnitOfWork<Scope>(inTransaction: InTransaction<Scope>): UnitOfWork<Scope> {
  const open = new AsyncLocalStorage<Joinable<Scope>>();

  return async (work) => {
    const outer = open.getStore();
    if (outer) return join(outer, work);
    return rerunLostRaces(() =>
      inTransaction((unit) =>
        recallOr(unit, async () => {
          const joinable: Joinable<Scope> = { unit };
          const result = await open.run(joinable, () => work(unit.scopeOf(currentExecution().tenantId)));
          if (joinable.failure) throw new RollbackOnly(joinable.failure.error);
          return result;
        }),
      ),
    );
  };
}

async function join<Scope, Result>(outer: Joinable<Scope>, work: (scope: Scope) => Promise<Result>): Promise<Result> {
  try {
    return await work(outer.unit.scopeOf(currentExecution().tenantId));
  } catch (error) {
    outer.failure = { error };
    throw error;
  }
}

async function recallOr<Scope, Result>(unit: OpenUnit<Scope>, run: () => Promise<Result>): Promise<Result> {
  const { tenantId, idempotency } = currentExecution();
  if (!idempotency) return run();
  const recorded = await unit.recall(tenantId, idempotency);
  if (recorded) return recorded.result as Result;
  const result = await run();
  unit.remember(tenantId, idempotency, result);
  return result;
}

async function rerunLostRaces<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; tries < TRIES; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (faultOf(error) !== 'conflict') throw error;
    }
  }
  return run().catch((error: unknown) => {
    throw faultOf(error) === 'conflict' ? new ConcurrentChange() : error;
  });
}
