import { prepared } from './statement-names.ts';
import { type FinalStatement, TransactionEnded } from './transaction.ts';

/**
 * Queues a statement of which nothing comes back, for set-based writes. It leaves with COMMIT, after all that MikroORM flushes
 * and before the facts, which spares the unit a round trip; nothing within the unit sees what it writes. `$1`, `$2`, … stand for
 * the values; a list stands for an array. Where it fails, all of its unit is undone.
 * @throws {TransactionEnded} when the unit of work has ended
 */
export type QueueSql = (text: string, values: readonly unknown[]) => void;

/** What one unit of work has queued, in that order. */
export class QueuedSql {
  readonly statements: FinalStatement[] = [];
  #isClosed = false;

  readonly add: QueueSql = (text, values) => {
    if (this.#isClosed) throw new TransactionEnded();
    this.statements.push({ ...prepared(text, [...values]), givesNothing: true });
  };

  close(): void {
    this.#isClosed = true;
  }
}
