import type { TenantId } from '#shared-kernel/tenant';

/** One table of one tenant, as a unit of work sees it. Rows are immutable values; a changed row is put anew. */
export interface Table<Row> {
  get(id: string): Row | undefined;
  put(id: string, row: Row): void;
  delete(id: string): void;
  /** In the order the rows were first put. */
  all(): Row[];
  entries(): [id: string, row: Row][];
}

/** All tables of one context, as one unit of work of one tenant sees them. */
export interface Tables {
  table<Row>(name: string): Table<Row>;
}

const DELETED = Symbol('deleted');

type Committed = Map<string, Map<string, unknown>>;

/** Committed rows, shared by all units of one context. */
export class CommittedTables {
  readonly #tables: Committed = new Map();

  stage(): StagedTables {
    return new StagedTables(this.#tables);
  }
}

/** What one unit of work changed, on top of what is committed. Forgotten unless it is committed. */
export class StagedTables {
  readonly #committed: Committed;
  readonly #changes: Committed = new Map();

  constructor(committed: Committed) {
    this.#committed = committed;
  }

  of(tenantId: TenantId): Tables {
    return { table: <Row>(name: string) => this.#table<Row>(name, `${tenantId}/`) };
  }

  /** A table of the post office, which belongs to no tenant. */
  shared<Row>(name: string): Table<Row> {
    return this.#table<Row>(name, '');
  }

  /** Swaps the changes in, all at once. */
  commit(): void {
    for (const [name, changes] of this.#changes) {
      const rows = rowsOf(this.#committed, name);
      for (const [key, row] of changes) {
        if (row === DELETED) rows.delete(key);
        else rows.set(key, row);
      }
    }
    this.#changes.clear();
  }

  #table<Row>(name: string, prefix: string): Table<Row> {
    const committed = rowsOf(this.#committed, name);
    const changes = rowsOf(this.#changes, name);
    const current = (key: string) => (changes.has(key) ? changes.get(key) : committed.get(key));
    const existing = (row: unknown) => (row === DELETED ? undefined : (row as Row | undefined));
    const entries = () =>
      [...new Set([...committed.keys(), ...changes.keys()])]
        .filter((key) => key.startsWith(prefix))
        .map((key): [string, Row | undefined] => [key.slice(prefix.length), existing(current(key))])
        .filter((entry): entry is [string, Row] => entry[1] !== undefined);
    return {
      get: (id) => existing(current(prefix + id)),
      put: (id, row) => void changes.set(prefix + id, row),
      delete: (id) => void changes.set(prefix + id, DELETED),
      all: () => entries().map(([, row]) => row),
      entries,
    };
  }
}

function rowsOf(tables: Committed, name: string): Map<string, unknown> {
  const rows = tables.get(name) ?? new Map<string, unknown>();
  tables.set(name, rows);
  return rows;
}
