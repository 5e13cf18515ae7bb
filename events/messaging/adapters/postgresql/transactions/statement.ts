import pg from 'pg';

/** One parameterized statement. A `name` keeps it prepared on its connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

const INT8 = 20;
const JSON_TEXT = 114;
const TIMESTAMPTZ = 1184;

/** How the post office reads values: positions as numbers, events' data as the text it was. */
const types = new pg.TypeOverrides();
types.setTypeParser(INT8, Number);
types.setTypeParser(JSON_TEXT, (text) => text);
types.setTypeParser(TIMESTAMPTZ, toDate);

/** A connection, a pool of them, or a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(statement: Statement): Promise<pg.QueryResult<Row>>;
}

/** A statement of the post office, which has its own reading of types. */
export const typed = <Of extends Statement>(statement: Of): Of & { readonly types: pg.CustomTypesConfig } => ({
  ...statement,
  types,
});

/** Runs a statement of the post office. */
export const send = async <Row extends pg.QueryResultRow>(
  connection: Queryable,
  statement: Statement,
): Promise<pg.QueryResult<Row>> => connection.query<Row>(typed(statement));

const parseAny: (text: string) => Date = pg.types.getTypeParser(TIMESTAMPTZ);

/** `2026-11-20 14:24:49.123456+00`, as a session in UTC gives it, without the regular expressions that any other form needs. */
function toDate(text: string): Date {
  const isUsual = text.length <= 29 && text[4] === '-' && text.endsWith('+00');
  return isUsual ? new Date(`${text.slice(0, 10)}T${text.slice(11, Math.min(23, text.length - 3))}Z`) : parseAny(text);
}
