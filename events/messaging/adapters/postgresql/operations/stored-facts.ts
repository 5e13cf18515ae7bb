import type pg from 'pg';
import type { LogPosition, RecordedEvent } from '../../../log/log.ts';
import { newestLedgerRowOf } from '../lanes/lane-positions.ts';
import { readEnds } from '../log/ends.ts';
import { FACT_COLUMNS, type FactRow, toRecordedEvent } from '../log/log-statements.ts';
import type { DatabaseAddress } from '../transactions/pool.ts';
import { send } from '../transactions/statement.ts';
import { findDesks } from './desks.ts';
import { lookInto } from './look-into.ts';

/** Where a database keeps facts. */
export type Place = 'log' | 'parked' | 'scheduled';

/** A lane that is not retired, whether running code knows its subscriber or not. */
export interface StoredLane {
  readonly context: string;
  readonly names: readonly string[];
  readonly at: LogPosition['position'];
}

/** Everything of the published language that a database holds, for somebody who only reads. */
export interface StoredFacts extends AsyncDisposable {
  readonly lanes: readonly StoredLane[];
  /** No more than so many; of the log, its positions. */
  readonly sizes: Readonly<Record<Place, number>>;
  /** The log begins after this position. */
  readonly floor: number;
  /** All facts of a place, a page at a time; the log in its order, up to where it ended when it was opened. */
  pages(place: Place): AsyncGenerator<readonly RecordedEvent[]>;
}

/** What one page may weigh, in bytes of data, and count. */
const WEIGHT = 4_000_000;
const LARGEST = 1_000;

/** Opens a database whose schema may be older than the code: nothing is migrated, nothing is written. @throws {NoLog} */
export async function openStoredFacts(address: DatabaseAddress): Promise<StoredFacts> {
  const client = await lookInto(address);
  try {
    const contexts = await findDesks(client);
    const { floor, end } = await readEnds(client);
    const [parked, scheduled] = [sourcesOf('parked', contexts), sourcesOf('scheduled', contexts)];
    const sources = { log: [{ ...LOG, until: end }], parked, scheduled };
    return {
      lanes: await readLanes(client, contexts),
      floor,
      sizes: {
        log: end - floor,
        parked: await countRows(client, parked),
        scheduled: await countRows(client, scheduled),
      },
      pages: (place) => readPages(client, sources[place]),
      [Symbol.asyncDispose]: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function readLanes(client: pg.Client, contexts: readonly string[]): Promise<readonly StoredLane[]> {
  const lanes: StoredLane[] = [];
  for (const context of contexts) {
    const { rows } = await send<{ names: string[]; at: number }>(client, {
      text: `
        select l.names, newest.to_position as at
          from ${context}.lane l cross join lateral ${newestLedgerRowOf(context, 'l.id')} newest
         where l.retired_at is null order by l.names`,
      values: [],
    });
    lanes.push(...rows.map(({ names, at }) => ({ context, names, at })));
  }
  return lanes;
}

/** A table, and what its rows are read in the order of. */
interface Source {
  readonly table: string;
  /** Columns that name a row, and their types. */
  readonly keys: Readonly<Record<string, string>>;
  readonly start: readonly unknown[];
  readonly stamps: string;
  /** The last position that is wanted. */
  readonly until?: number;
}

const LOG: Source = {
  table: 'messaging.log',
  keys: { position: 'bigint' },
  start: [0],
  stamps: 't.position, t.recorded_at',
};

const sourcesOf = (place: 'parked' | 'scheduled', contexts: readonly string[]): readonly Source[] =>
  contexts.map((context) => ({ table: `${context}.${place}`, ...KEYED[place] }));

const KEYED = {
  parked: {
    keys: { tenant_id: 'text', lane_id: 'bigint', position: 'bigint' },
    start: ['', 0, 0],
    stamps: 't.position, t.recorded_at',
  },
  scheduled: {
    keys: { tenant_id: 'text', name: 'text' },
    start: ['', ''],
    stamps: '0 as position, now() as recorded_at',
  },
};

async function countRows(client: pg.Client, sources: readonly Source[]): Promise<number> {
  let count = 0;
  for (const { table } of sources) {
    const { rows } = await send<{ rows: number }>(client, {
      text: `select count(*) as rows from ${table}`,
      values: [],
    });
    count += rows[0]!.rows;
  }
  return count;
}

async function* readPages(client: pg.Client, sources: readonly Source[]) {
  for (const source of sources) yield* follow(client, source);
}

type KeyedRow = FactRow & { readonly keys: readonly string[] };

/** Page after page, each by what the one before it ended with; as many rows as weigh about the same. */
async function* follow(client: pg.Client, source: Source): AsyncGenerator<readonly RecordedEvent[]> {
  const text = pageQuery(source);
  let after = source.start;
  for (let count = 100; ;) {
    const { rows } = await send<KeyedRow>(client, { text, values: [...after, count] });
    if (rows.length > 0) yield rows.map(toRecordedEvent);
    if (rows.length < count) return;
    const weight = rows.reduce((sum, { data }) => sum + data.length, 0);
    after = rows.at(-1)!.keys;
    count = Math.max(1, Math.min(LARGEST, Math.floor((WEIGHT * rows.length) / Math.max(1, weight))));
  }
}

function pageQuery({ table, keys, stamps, until }: Source): string {
  const names = Object.keys(keys);
  const columns = names.map((name) => `t.${name}`).join(', ');
  const after = Object.values(keys).map((type, at) => `$${at + 1}::${type}`);
  return `
    select array[${names.map((name) => `t.${name}::text`).join(', ')}] as keys, ${stamps}, ${FACT_COLUMNS}
      from ${table} t
     where (${columns}) > (${after.join(', ')}) ${until === undefined ? '' : `and position <= ${until}`}
     order by ${columns} limit $${names.length + 1}`;
}
