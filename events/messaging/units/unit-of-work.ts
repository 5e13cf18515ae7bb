import { AsyncLocalStorage } from 'node:async_hooks';
import type { TenantId } from '#shared-kernel/tenant';
import type { UnitOfWork } from '#shared-kernel/unit-of-work';
import { currentExecution } from './execution.ts';
import { type KeyedResults, onceForKey } from './idempotency.ts';
import { rerunLostRaces } from './lost-races.ts';
import type { Nesting } from './nesting.ts';

/** One open transaction of one context. */
export interface OpenUnit<Scope> extends KeyedResults {
  scopeOf(tenantId: TenantId): Scope;
}

/** Opens a transaction, runs the work, commits; undoes everything when the work throws. */
export type InTransaction<Scope> = <Result>(work: (unit: OpenUnit<Scope>) => Promise<Result>) => Promise<Result>;

/** A part of the unit failed and was caught, so the unit must not commit. */
export class RollbackOnly extends Error {
  constructor(cause: unknown) {
    super('an inner unit of work failed, so the outer one was undone; do not catch its error', { cause });
    this.name = 'RollbackOnly';
  }
}

interface Joinable<Scope> {
  readonly unit: OpenUnit<Scope>;
  failure?: { readonly error: unknown };
}

/**
 * Units of work over any store: inner calls join, idempotency keys are honoured, lost races are run again. What is within another
 * of its context, and cannot join it, is refused.
 */
export function createUnitOfWork<Scope>(inTransaction: InTransaction<Scope>, nesting: Nesting): UnitOfWork<Scope> {
  const open = new AsyncLocalStorage<Joinable<Scope>>();

  return async (work) => {
    const outer = open.getStore();
    if (outer) return join(outer, work);
    nesting.refuse();
    const { tenantId, idempotency } = currentExecution();
    const run = async (unit: OpenUnit<Scope>) => {
      const joinable: Joinable<Scope> = { unit };
      const result = await open.run(joinable, () => work(unit.scopeOf(tenantId)));
      if (joinable.failure) throw new RollbackOnly(joinable.failure.error);
      return result;
    };
    if (idempotency) return onceForKey({ tenantId, idempotency, inTransaction, run });
    return rerunLostRaces(() => inTransaction(run));
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
