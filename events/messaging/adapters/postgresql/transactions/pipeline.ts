import pg from 'pg';
import { Columns, columnsKnownTo } from './columns.ts';
import type { Statement } from './statement.ts';

/** One of the statements that leave together. */
export interface PipelinedStatement extends Statement {
  readonly types?: pg.CustomTypesConfig;
  /** Whatever it gives is let go: the server is not asked in what form it comes. */
  readonly givesNothing?: true;
  /** Turns its failure into what it means. */
  readonly explain?: (error: unknown) => unknown;
}

/** What leaves in the same write, right behind, and is a transaction of its own. */
export interface Trailer {
  readonly statement: PipelinedStatement;
  /** Hears when it was answered, or why it was not; where what went before has failed, only whoever sent that hears why. */
  readonly heed: (answer: Promise<unknown>) => void;
}

/**
 * Sends statements in one write, with one Sync behind the last: where one fails, the server skips those that follow. Outside a
 * transaction they are one: all of them are committed, or nothing is. It is asked last what is to leave right behind them.
 * @throws the failure of the first that failed, as its `explain` tells it
 */
export async function runPipeline(
  client: pg.ClientBase,
  statements: readonly PipelinedStatement[],
  trailing?: () => Trailer | undefined,
): Promise<readonly pg.QueryResult[]> {
  const { connection } = client as unknown as { connection: Connection };
  const pipeline = new Pipeline(statements, client, connection);
  const trailer = trailing?.();
  connection.stream.cork();
  const all = trailer ? [...statements, trailer.statement] : statements;
  const preparing = unknownTo(connection, all).map((statement) => run(client, new Preparation(statement)));
  const running = run(client, pipeline);
  trailer?.heed(unlessFailed(running, run(client, new Pipeline([trailer.statement], client, connection))));
  connection.stream.uncork();
  const failed = (await Promise.allSettled([...preparing, running])).find(({ status }) => status === 'rejected');
  if (!failed) return running;
  const { reason } = failed as PromiseRejectedResult;
  if (reason instanceof Error) Error.captureStackTrace(reason);
  throw reason;
}

/** In a transaction that has failed, or over a lost connection, what follows fails as well, and means nothing. */
const unlessFailed = (before: Promise<unknown>, trailing: Promise<unknown>): Promise<unknown> =>
  trailing.catch((error: unknown) =>
    before.then(
      () => Promise.reject(error),
      () => undefined,
    ),
  );

/** What pg's queries use of the connection they are submitted to. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void };
  /** Texts by name: what the server has prepared, and what it was asked to and has not answered. */
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  parse(statement: { readonly name: string | undefined; readonly text: string }): void;
  bind(portal: { readonly statement: string | undefined; readonly values: readonly unknown[] }): void;
  describe(portal: { readonly type: 'P'; readonly name: '' }): void;
  execute(portal: object): void;
  sync(): void;
}

const UNNAMED = { type: 'P', name: '' } as const;

type Callback = (error: unknown, results?: readonly pg.QueryResult[]) => void;

/** A query as pg knows them: what its connection tells while it is the active one. */
abstract class Submission {
  /** Pg wraps it, to give up a query that takes too long. */
  callback: Callback = () => undefined;

  abstract submit(connection: Connection): void;

  handleReadyForQuery(): void {
    this.callback(null, []);
  }

  handleError(error: unknown): void {
    this.callback(error);
  }
}

const run = (client: pg.ClientBase, submission: Submission): Promise<readonly pg.QueryResult[]> =>
  new Promise((resolve, reject) => {
    submission.callback = (error, results = []) => (error ? reject(error) : resolve(results));
    client.query(submission as unknown as pg.Submittable);
  });

/** The named statements that this connection has not prepared, each once. */
function unknownTo({ parsedStatements, submittedNamedStatements }: Connection, statements: readonly Statement[]) {
  const unknown = new Map<string, NamedStatement>();
  for (const { name, text } of statements)
    if (name !== undefined && !(name in parsedStatements || name in submittedNamedStatements))
      unknown.set(name, { name, text });
  return [...unknown.values()];
}

type NamedStatement = Pick<Required<Statement>, 'name' | 'text'>;

/** Prepares a statement. Pg notes it as soon as the server has, by the name and the text of the query that is active. */
class Preparation extends Submission {
  readonly name: string;
  readonly text: string;

  constructor({ name, text }: NamedStatement) {
    super();
    this.name = name;
    this.text = text;
  }

  submit(connection: Connection): void {
    connection.submittedNamedStatements[this.name] = this.text;
    connection.parse(this);
    connection.sync();
  }
}

class Pipeline extends Submission {
  readonly #statements: readonly PipelinedStatement[];
  readonly #values: readonly unknown[][];
  readonly #results: readonly pg.QueryResult[];
  readonly #types: pg.CustomTypesConfig;
  /** By the names of what the connection has prepared: the server tells of them once. */
  readonly #known: Map<string, Columns>;
  readonly #columns: (Columns | undefined)[];
  #answered = 0;

  constructor(statements: readonly PipelinedStatement[], client: pg.ClientBase, connection: Connection) {
    super();
    this.#statements = statements;
    this.#values = statements.map(({ values }) => values.map((value) => textOfArray(value) ?? prepareValue(value)));
    this.#results = statements.map(() => ({ command: '', rowCount: null, oid: 0, rows: [], fields: [] }));
    this.#types = client;
    this.#known = columnsKnownTo(connection);
    this.#columns = statements.map(({ name }) => (name === undefined ? undefined : this.#known.get(name)));
  }

  submit(connection: Connection): void {
    for (const [at, { name, text, givesNothing }] of this.#statements.entries()) {
      if (name === undefined) connection.parse({ name, text });
      connection.bind({ statement: name, values: this.#values[at]! });
      if (!givesNothing && !this.#columns[at]) connection.describe(UNNAMED);
      connection.execute(UNNAMED);
    }
    connection.sync();
  }

  handleRowDescription({ fields }: { readonly fields: pg.FieldDef[] }): void {
    const { name, types = this.#types } = this.#statement;
    const columns = new Columns(fields, types);
    this.#columns[this.#answered] = columns;
    if (name !== undefined) this.#known.set(name, columns);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    if (this.#statement.givesNothing) return;
    this.#results[this.#answered]!.rows.push(this.#columns[this.#answered]!.rowOf(fields));
  }

  /** `INSERT 0 3`, `SELECT 1`, `BEGIN` */
  handleCommandComplete({ text }: { readonly text: string }): void {
    // Asked for its columns, it had none to tell of.
    if (!this.#statement.givesNothing && !this.#columns[this.#answered]) this.handleRowDescription({ fields: [] });
    const result = this.#results[this.#answered]!;
    const words = text.split(' ');
    const count = words.length > 1 ? Number(words.at(-1)) : Number.NaN;
    result.command = words[0]!;
    if (!Number.isNaN(count)) result.rowCount = count;
    result.fields = this.#columns[this.#answered]?.fields ?? [];
    this.#answered += 1;
  }

  handleEmptyQuery(): void {
    this.#answered += 1;
  }

  override handleReadyForQuery(): void {
    this.callback(null, this.#results);
  }

  override handleError(error: unknown): void {
    this.callback(this.#statements[this.#answered]?.explain?.(error) ?? error);
  }

  get #statement(): PipelinedStatement {
    return this.#statements[this.#answered]!;
  }
}

const { prepareValue } = (pg as unknown as { utils: { readonly prepareValue: (value: unknown) => unknown } }).utils;

/** An array of plain values, several times as fast as pg writes it; nothing where PostgreSQL would read what JSON says otherwise. */
function textOfArray(value: unknown): string | undefined {
  if (!Array.isArray(value) || !value.every(isPlain)) return undefined;
  const text = JSON.stringify(value);
  return text.includes('\\') ? undefined : `{${text.slice(1, -1)}}`;
}

const isPlain = (value: unknown): boolean =>
  typeof value === 'string' || value === null || typeof value === 'boolean' || Number.isFinite(value);
