import { DomainError } from '#shared-kernel/errors';
import type { TenantId } from '#shared-kernel/tenant';
import { faultOf } from '../lanes/fault.ts';
import type { Idempotency } from './execution.ts';
import { LostRace, rerunLostRaces } from './lost-races.ts';

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

/** A result is recorded under the key already. */
export class IdempotencyKeyTaken extends LostRace {
  constructor(operation: string) {
    super(`another ${operation} with this idempotency key was committed first`);
    this.name = 'IdempotencyKeyTaken';
  }
}

/** Results by their keys, as one open transaction has them. */
export interface KeyedResults {
  /**
   * Shares the key with others that do so: until all these transactions have ended, nobody can recall it. Leaves ahead of the
   * first of what is asked, and costs no round trip; where somebody has recalled the key, that waits for his end.
   */
  share(tenantId: TenantId, idempotency: Idempotency): void;
  /**
   * The result recorded under the key, once nobody shares it. Until the transaction ends, nobody else can share or recall it.
   * @throws {IdempotencyKeyReused}
   * @throws {IdempotencyKeyBusy} where those that share it do not come to their end
   */
  recall(tenantId: TenantId, idempotency: Idempotency): Promise<{ readonly result: unknown } | undefined>;
  /**
   * Records the result with the commit, which fails with {@link IdempotencyKeyTaken} where there is one, and waits for a twin
   * that is about to record one.
   */
  remember(tenantId: TenantId, idempotency: Idempotency, result: unknown): void;
}

/** What a unit of work under a key is made of. */
interface Keyed<Unit, Result> {
  readonly tenantId: TenantId;
  readonly idempotency: Idempotency;
  readonly inTransaction: <Of>(work: (unit: Unit) => Promise<Of>) => Promise<Of>;
  readonly run: (unit: Unit) => Promise<Result>;
}

/**
 * Runs it once for its key. Nearly every key is new, so the first attempt does not ask: it shares the key, which is inserted with
 * its commit, and refuses a twin. Whatever it fails with may be a twin's doing: when it is undone, the key is recalled, which
 * waits for every twin, before it runs again, or is given up.
 */
export async function onceForKey<Unit extends KeyedResults, Result>(keyed: Keyed<Unit, Result>): Promise<Result> {
  const { tenantId, idempotency, inTransaction, run } = keyed;
  let hasRun = false;
  const recall = async (unit: Unit) => (await unit.recall(tenantId, idempotency)) as Recorded<Result>;
  const attempt = async (unit: Unit) => {
    if (!hasRun) unit.share(tenantId, idempotency);
    else {
      const recorded = await recall(unit);
      if (recorded) return recorded.result;
    }
    hasRun = true;
    const result = await run(unit);
    unit.remember(tenantId, idempotency, result);
    return result;
  };
  try {
    return await rerunLostRaces(() => inTransaction(attempt));
  } catch (error) {
    if (!hasRun || isOfKey(error)) throw error;
    const recorded = await rerunLostRaces(() => inTransaction(recall)).catch((again: unknown) => {
      // What became of the attempt stays unknown: that the key cannot be recalled says nothing of it.
      throw faultOf(again) === 'outage' ? error : again;
    });
    if (!recorded) throw error;
    return recorded.result;
  }
}

type Recorded<Result> = { readonly result: Result } | undefined;

/** It says what became of the key: there is nothing to recall. */
const isOfKey = (error: unknown): boolean =>
  error instanceof IdempotencyKeyReused || error instanceof IdempotencyKeyBusy;
