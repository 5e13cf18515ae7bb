import { type EntityMetadata, LockMode, QueryFlag, QueryOrder } from '@mikro-orm/postgresql';
import { type Column, columnsOf, isPlainValue, namesOf } from './row-columns.ts';

export interface Question {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** How whole rows of one table are asked for. */
export class SelectRows {
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #select: string;

  private constructor(table: string, columns: readonly Column[]) {
    this.#columns = new Map(columns.map((column) => [column.property, column]));
    this.#select = `select ${namesOf(columns)} from ${table}`;
  }

  /** Nothing where rows are more than plain values in columns. */
  static of(meta: EntityMetadata, table: string): SelectRows | undefined {
    const names = meta.props.map(({ name }) => name);
    const columns = meta.virtual || meta.inheritanceType ? undefined : columnsOf(meta, names);
    return columns && new SelectRows(table, columns);
  }

  /**
   * A question by values of columns, and lists of such, in a text that is the same for all values and any length of a list.
   * Nothing where MikroORM is asked for more than that.
   */
  ask(where: unknown, options: Readonly<Record<string, unknown>>): Question | undefined {
    if (!Object.entries(options).every(([name, value]) => value === undefined || isKnown(name, value)))
      return undefined;
    const conditions = conditionsOf(where);
    const order = this.#orderOf(options['orderBy']);
    if (!conditions || conditions.length === 0 || order === undefined) return undefined;
    const values: unknown[] = [];
    const texts: string[] = [];
    for (const [property, value] of conditions) {
      const column = this.#columns.get(property);
      const list = listIn(value);
      if (!column || (!list && (value === null || !isPlainValue(value)))) return undefined;
      values.push(list ?? value);
      texts.push(`${column.name} = ${list ? `any($${values.length})` : `$${values.length}`}`);
    }
    const { limit, lockMode } = options;
    if (limit !== undefined) values.push(limit);
    const end = `${limit === undefined ? '' : ` limit $${values.length}`}${lockMode === undefined ? '' : ' for update'}`;
    return { text: `${this.#select} where ${texts.join(' and ')}${order}${end}`, values };
  }

  #orderOf(orderBy: unknown): string | undefined {
    const terms = Object.entries(orderBy ?? {}).map(([property, direction]) => {
      const name = this.#columns.get(property)?.name;
      return name && DIRECTIONS.has(direction) ? `${name} ${String(direction)}` : undefined;
    });
    if (terms.includes(undefined)) return undefined;
    return terms.length === 0 ? '' : ` order by ${terms.join(', ')}`;
  }
}

const DIRECTIONS = new Set<unknown>([QueryOrder.asc, QueryOrder.desc]);

/** Options that a plain question understands, or may ignore, with the values that it does. */
const KNOWN: Readonly<Record<string, (value: unknown) => boolean>> = {
  ctx: () => true,
  em: () => true,
  logging: () => true,
  loggerContext: () => true,
  orderBy: () => true,
  refresh: () => true,
  limit: (value) => typeof value === 'number',
  lockMode: (value) => value === LockMode.PESSIMISTIC_WRITE,
  flags: (value) => Array.isArray(value) && value.every((flag) => flag === QueryFlag.DISABLE_PAGINATE),
  populate: isEmpty,
  populateWhere: () => true,
  _populateWhere: () => true,
  populateFilter: isEmpty,
};

const isKnown = (name: string, value: unknown): boolean => KNOWN[name]?.(value) ?? false;

function isEmpty(value: unknown): boolean {
  return Object.keys(value as object).length === 0;
}

type Condition = readonly [property: string, value: unknown];

/** Conditions that all have to hold; nothing where there is any other. */
function conditionsOf(where: unknown): readonly Condition[] | undefined {
  if (typeof where !== 'object' || where === null || Object.getOwnPropertySymbols(where).length > 0) return undefined;
  const conditions: Condition[] = [];
  for (const [name, value] of Object.entries(where)) {
    const inner = name === '$and' ? (value as readonly unknown[]).map(conditionsOf) : [[[name, value] as const]];
    for (const some of inner) {
      if (!some) return undefined;
      conditions.push(...some);
    }
  }
  return conditions;
}

function listIn(value: unknown): readonly unknown[] | undefined {
  const isOperator = typeof value === 'object' && value !== null && '$in' in value && Object.keys(value).length === 1;
  const list = isOperator ? value.$in : undefined;
  return Array.isArray(list) && list.every((each) => each !== null && isPlainValue(each)) ? list : undefined;
}
