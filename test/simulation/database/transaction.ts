import type { RecordedEvent } from '#events/messaging/log/log';
import type { Effect } from './effect.ts';
import type { Table } from './table.ts';

/** What one transaction has changed, seen by nobody else until it commits. */
export class Transaction {
  readonly id: number;
  readonly changes = new Map<Table<unknown>, Map<string, unknown>>();
  readonly appended: RecordedEvent[] = [];
  readonly effects: Effect[] = [];
  /** A statement failed: nothing but a rollback can follow. */
  hasFailed = false;
  isCommitted = false;

  constructor(id: number) {
    this.id = id;
  }

  get<Row>(table: Table<Row>, key: string): Row | undefined {
    const changes = this.changes.get(table);
    return changes?.has(key) ? (changes.get(key) as Row | undefined) : table.rows.get(key);
  }

  all<Row>(table: Table<Row>): Row[] {
    const changes = this.changes.get(table);
    if (!changes) return [...table.rows.values()];
    return [...new Map<string, unknown>([...table.rows, ...changes]).values()].filter(
      (row) => row !== undefined,
    ) as Row[];
  }

  /** Puts a row, or removes it. */
  set<Row>(table: Table<Row>, key: string, row: Row | undefined): void {
    const changes = this.changes.get(table) ?? new Map<string, unknown>();
    this.changes.set(table, changes);
    changes.set(key, row);
  }
}
