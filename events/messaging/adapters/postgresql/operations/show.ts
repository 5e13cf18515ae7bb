import type pg from 'pg';
import type { Reception, ReceptionState } from '../../../lanes/lane-storage.ts';
import type { RecordedEvent } from '../../../log/log.ts';
import { FACT_COLUMNS, type FactRow, toRecordedEvent } from '../log/log-statements.ts';
import { findReceptions } from '../lanes/receptions.ts';
import { send } from '../transactions/statement.ts';
import { findDesks } from './desks.ts';
import type { KnownSubscriber } from './lane-of.ts';

/** What became of an event at one subscriber. */
export interface ShownReception extends Omit<Reception, 'eventId' | 'names' | 'state'> {
  readonly subscriber: string;
  /** `unknown`: its code is not here, and nobody can say whether it wants the event. */
  readonly state: ReceptionState | 'unknown';
}

/** What an operator did with an event. */
export interface ShownOperation {
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subscriber: string;
  readonly reason: string;
}

export interface ShownEvent {
  readonly event: RecordedEvent;
  /** It was pruned from the log, and is kept where it is parked. */
  readonly isPruned: boolean;
  readonly receptions: readonly ShownReception[];
  readonly operations: readonly ShownOperation[];
}

/** One event, and who handled it when. Nothing when there is none. */
export async function showEvent(
  pool: pg.Pool,
  subscribers: readonly KnownSubscriber[],
  id: string,
): Promise<ShownEvent | undefined> {
  const contexts = await findDesks(pool);
  const inLog = await findIn(pool, ['messaging.log'], id);
  const event = inLog ?? (await findIn(pool, tablesOf(contexts, 'parked'), id));
  if (!event) return undefined;
  const found = await Promise.all(contexts.map((context) => findReceptions(pool, context, [event])));
  const receptions = found.flat().flatMap((reception) => toShown(reception, subscribers, event));
  return {
    event,
    isPruned: inLog === undefined,
    receptions: receptions.toSorted((a, b) => (a.subscriber < b.subscriber ? -1 : 1)),
    operations: await findOperations(pool, contexts, id),
  };
}

const tablesOf = (contexts: readonly string[], table: string): string[] =>
  contexts.map((context) => `${context}.${table}`);

async function findIn(pool: pg.Pool, tables: readonly string[], id: string): Promise<RecordedEvent | undefined> {
  const selects = tables.map((table) => `select position, recorded_at, ${FACT_COLUMNS} from ${table} where id = $1`);
  const { rows } = await send<FactRow>(pool, { text: `${selects.join(' union all ')} limit 1`, values: [id] });
  return rows[0] && toRecordedEvent(rows[0]);
}

/** Of a lane whose code is not here only what shows that it met the event. */
function toShown(
  { eventId: _eventId, names, state, ...reception }: Reception,
  subscribers: readonly KnownSubscriber[],
  { type }: RecordedEvent,
): ShownReception[] {
  const subscriber = names.at(-1)!;
  const known = subscribers.find(({ name }) => names.includes(name));
  if (known) return known.types.includes(type) ? [{ subscriber, state, ...reception }] : [];
  const hasMet = reception.attempts > 0 || !UNTOUCHED.has(state);
  return [{ subscriber, state: hasMet ? state : 'unknown', ...reception }];
}

const UNTOUCHED: ReadonlySet<ReceptionState> = new Set(['handled', 'waiting', 'earlier']);

async function findOperations(pool: pg.Pool, contexts: readonly string[], id: string): Promise<ShownOperation[]> {
  const selects = tablesOf(contexts, 'operation').map(
    (table) => `select at, actor, action, subscriber, reason from ${table} where event_id = $1`,
  );
  const { rows } = await send<ShownOperation & pg.QueryResultRow>(pool, {
    text: `${selects.join(' union all ')} order by at`,
    values: [id],
  });
  return rows;
}
