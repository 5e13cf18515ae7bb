import type { FinalStatement } from './transaction.ts';
import type { Row } from './row-columns.ts';
import { prepared } from './statement-names.ts';

/** One kind of change to one table, of which nothing comes back: any number of rows goes out in one statement. */
export interface ChangeKind {
  statementFor(rows: readonly Row[]): FinalStatement;
}

/** What a unit of work changes last, by its kind, until it is sent. */
export class LastChanges {
  readonly #rows = new Map<ChangeKind, Row[]>();

  add(kind: ChangeKind, rows: readonly Row[]): void {
    const known = this.#rows.get(kind);
    if (known) known.push(...rows);
    else this.#rows.set(kind, [...rows]);
  }

  /** The statements that make them, in the order in which each kind first came. */
  take(): FinalStatement[] {
    const statements = [...this.#rows].map(([kind, rows]) => kind.statementFor(rows));
    this.#rows.clear();
    return statements;
  }
}

/** A text for one row, whose plain values spare both ends the arrays, and one for several. */
export function preparedTexts(one: string, several: string) {
  return (rows: readonly Row[], values: unknown[]): FinalStatement => ({
    ...prepared(rows.length === 1 ? one : several, values),
    givesNothing: true,
  });
}
