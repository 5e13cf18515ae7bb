import type pg from 'pg';

/** What the rows of a statement consist of, as the server has told. */
export class Columns {
  readonly fields: pg.FieldDef[];
  readonly #names: readonly string[];
  readonly #parsers: readonly ((text: string) => unknown)[];
  readonly #empty: pg.QueryResultRow;

  constructor(fields: pg.FieldDef[], types: pg.CustomTypesConfig) {
    this.fields = fields;
    this.#names = fields.map(({ name }) => name);
    this.#parsers = fields.map(
      ({ dataTypeID }) => types.getTypeParser(dataTypeID, 'text') as (text: string) => unknown,
    );
    this.#empty = Object.fromEntries(this.#names.map((name) => [name, null]));
  }

  /** A row of them, from what came for each. */
  rowOf(texts: readonly (string | null)[]): pg.QueryResultRow {
    const row = { ...this.#empty };
    for (const [at, text] of texts.entries()) if (text !== null) row[this.#names[at]!] = this.#parsers[at]!(text);
    return row;
  }
}

const known = new WeakMap<object, Map<string, Columns>>();

/**
 * Those of the statements that a connection has prepared, by their names. They stay as they are: the server refuses one whose
 * columns have become others.
 */
export function columnsKnownTo(connection: object): Map<string, Columns> {
  const columns = known.get(connection) ?? new Map<string, Columns>();
  known.set(connection, columns);
  return columns;
}
