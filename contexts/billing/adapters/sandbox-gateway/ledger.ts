import { z } from 'zod';
import { Money } from '#shared-kernel/money';

/** How an operation ended, for good. */
export const Outcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('captured'), amount: Money, reference: z.string(), statement: z.string() }),
  z.object({ status: z.literal('declined'), reason: z.string() }),
  z.object({ status: z.literal('void') }),
  z.object({ status: z.literal('refunded'), amount: Money, reference: z.string(), captureReference: z.string() }),
]);
export type Outcome = z.output<typeof Outcome>;

/** All that the sandbox knows of one idempotency key. */
export interface LedgerEntry {
  readonly key: string;
  /** How often a capture or refund was asked for under it. */
  readonly asked: number;
  /** Null: it has not ended. */
  readonly outcome: Outcome | null;
}

/** What a provider keeps: each key ends once, whoever is first. */
export interface SandboxLedger {
  /** Counts a call and tells its number, from 1. */
  ask(key: string): Promise<number>;
  /** Keeps the outcome if the key has none yet; returns the one it has. */
  settle(key: string, outcome: Outcome): Promise<Outcome>;
  /** Both at once, for a call whose outcome does not depend on its number. */
  askAndSettle(key: string, outcome: Outcome): Promise<Outcome>;
  find(key: string): Promise<Outcome | undefined>;
  read(): Promise<readonly LedgerEntry[]>;
}
