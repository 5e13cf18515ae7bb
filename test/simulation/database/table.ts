/** Committed rows by their key. Rows are immutable; a changed row is put anew. */
export class Table<Row> {
  readonly name: string;
  readonly rows = new Map<string, Row>();

  constructor(name: string) {
    this.name = name;
  }
}
