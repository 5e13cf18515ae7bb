import type { Lane, ParkingReason } from '../../../lanes/lane-storage.ts';
import type { RecordedEvent } from '../../../log/log.ts';
import type { KnownVersions } from '../../../facts/codec.ts';
import {
  eventsOf,
  type ParkedEvent,
  type FailedAttempt,
  type ParkedStorage,
  type Wish,
} from '../../../parking/parked-storage.ts';
import { FACT_COLUMNS, type FactRow, toRecordedEvent } from '../log/log-statements.ts';
import { newestLedgerRowOf } from './lane-positions.ts';
import { isHead } from './parked-heads.ts';
import { send } from '../transactions/statement.ts';
import type { PostgresStore } from '../store.ts';
import type { FinalStatement, Transaction } from '../transactions/transaction.ts';
import type { PostgresUnit } from '../transactions/unit.ts';

/** Parked events in a context's schema. */
export class PostgresParked<Scope> implements ParkedStorage<Scope> {
  readonly #store: PostgresStore<Scope>;
  readonly #table: string;

  constructor(store: PostgresStore<Scope>) {
    this.#store = store;
    this.#table = `${store.context}.parked`;
  }

  /**
   * The lane `$1` has come to it, as a condition that is looked up once for a statement. After a replay was begun what is parked
   * further on waits: what is older is handled before it, and the lane must find it parked.
   */
  get #isReached(): string {
    return `position <= (select to_position from ${newestLedgerRowOf(this.#store.context, '$1')} newest)`;
  }

  async takeDue(lane: Lane, { known, most, pauseMs }: Wish): Promise<ParkedEvent | undefined> {
    return this.#store.transaction(async (unit) => {
      const { rows } = await unit.transaction.query<FactRow & { attempts: number; is_silent: boolean }>({
        name: `${this.#table}.take`,
        text: `
          select position, recorded_at, ${FACT_COLUMNS}, attempts, is_silent from ${this.#table} head
           where lane_id = $1 and ${this.#isReached} and not is_dead and due_at <= now()
             and ${isKnown('head')} and ${isHead(this.#store.context, 'head')}
           order by due_at, position limit 1 for update skip locked`,
        values: [lane.id, ...valuesOf(known)],
      });
      const [row] = rows;
      if (!row) return undefined;
      const event = toRecordedEvent(row);
      const attempt = row.attempts + 1;
      const hasFollowers = most > 1 && attempt === 1 && event.key !== null;
      const wish = { known, most: most - 1, isSilent: row.is_silent };
      const followers = hasFollowers ? await this.#followers(unit, lane, event, wish) : [];
      unit.sendLast(
        this.#change(lane, event, `attempts = $4, due_at = ${inMilliseconds('$5')}`, [attempt, pauseMs(attempt)]),
      );
      return { event, attempt, followers };
    });
  }

  /** Up to the first that was tried before, has to wait itself, or may make calls where the head may not. */
  async #followers(
    { transaction }: PostgresUnit<Scope>,
    lane: Lane,
    head: RecordedEvent,
    { known, most, isSilent }: Pick<Wish, 'known' | 'most'> & { readonly isSilent: boolean },
  ): Promise<RecordedEvent[]> {
    const { rows } = await transaction.query<FactRow & { may_follow: boolean }>({
      name: `${this.#table}.followers`,
      text: `
        select position, recorded_at, ${FACT_COLUMNS},
               attempts = 0 and not is_dead and is_silent = $8 and ${isKnown('behind')} as may_follow
          from ${this.#table} behind
         where (lane_id, tenant_id, key) = ($1, $4, $5) and position > $6 and ${this.#isReached}
         order by position limit $7`,
      values: [lane.id, ...valuesOf(known), head.tenantId, head.key, head.position, most, isSilent],
    });
    const held = rows.findIndex((row) => !row.may_follow);
    return rows.slice(0, held === -1 ? rows.length : held).map(toRecordedEvent);
  }

  async nextDueIn(lane: Lane, known: KnownVersions): Promise<number | undefined> {
    const { rows } = await send<{ due_in: number | null }>(this.#store.pool, {
      name: `${this.#table}.next`,
      text: `
        select (extract(epoch from min(due_at) - now()) * 1000)::float8 as due_in from ${this.#table} head
         where lane_id = $1 and ${this.#isReached} and not is_dead and ${isKnown('head')} and ${isHead(this.#store.context, 'head')}`,
      values: [lane.id, ...valuesOf(known)],
    });
    const { due_in: dueIn } = rows[0]!;
    return dueIn === null ? undefined : Math.max(0, dueIn);
  }

  async inRetry(lane: Lane, parked: ParkedEvent, work: (scope: Scope) => Promise<void>): Promise<boolean> {
    const { tenantId } = parked.event;
    const positions = eventsOf(parked).map(({ position }) => position);
    return this.#store.transaction(async (unit) => {
      const { rows } = await unit.transaction.query<{ is_dead: boolean; is_silent: boolean }>({
        name: `${this.#table}.hold`,
        text: `
          select is_dead, is_silent and not (select replay_makes_calls from ${this.#store.context}.lane where id = $2) as is_silent
            from ${this.#table} where ${AMONG} order by position for update skip locked`,
        values: [tenantId, lane.id, positions],
      });
      if (rows.length < positions.length || rows.some((row) => row.is_dead)) return false;
      if (rows.some((row) => row.is_silent)) unit.withholdRequests();
      await work(unit.scopeOf(tenantId));
      unit.sendLast({
        name: `${this.#table}.remove`,
        text: `
          with done as (delete from ${this.#table} where ${AMONG} returning tenant_id, lane_id, position, attempts, error)
          insert into ${this.#store.context}.recovered (tenant_id, lane_id, position, attempts, error)
          select * from done
          on conflict (tenant_id, lane_id, position) do update
            set attempts = excluded.attempts, error = excluded.error, recovered_at = excluded.recovered_at`,
        values: [tenantId, lane.id, positions],
      });
      return true;
    });
  }

  async recordFailure(lane: Lane, parked: ParkedEvent, { error, isDead, restMs }: FailedAttempt): Promise<void> {
    const set = `error = $5, is_dead = $6, due_at = ${inMilliseconds('$7')}`;
    await this.#endAttempt(lane, parked, set, [error, isDead, restMs]);
  }

  async refund(lane: Lane, parked: ParkedEvent, restMs: number): Promise<void> {
    await this.#endAttempt(lane, parked, `attempts = attempts - 1, due_at = ${inMilliseconds('$5')}`, [restMs]);
  }

  /** Nothing where it is not the last attempt any more: an operator has given it fresh ones, or another process has tried since. */
  async #endAttempt(lane: Lane, { event, attempt }: ParkedEvent, set: string, values: unknown[]): Promise<void> {
    const { text, values: all } = this.#change(lane, event, set, [attempt, ...values]);
    await send(this.#store.pool, { text: `${text} and attempts = $4 and not is_dead`, values: all });
  }

  #change(lane: Lane, event: RecordedEvent, set: string, values: readonly unknown[]): FinalStatement {
    return {
      text: `update ${this.#table} set ${set} where (tenant_id, lane_id, position) = ($1, $2, $3)`,
      values: [...keyOf(lane, event), ...values],
    };
  }
}

const inMilliseconds = (parameter: string) => `now() + ${parameter}::float8 * interval '1 millisecond'`;

const AMONG = 'tenant_id = $1 and lane_id = $2 and position = any($3::bigint[])';

/** Whether the running code knows an event; its second and third parameter say what it knows. */
const isKnown = (table: string) => `exists (
  select from unnest($2::text[], $3::int[]) known (type, version)
   where known.type = ${table}.type and known.version >= ${table}.version)`;

const valuesOf = (known: KnownVersions): unknown[] => [[...known.keys()], [...known.values()]];

/** Events that wait behind a parked one of their key, and, in a replay, those that are parked themselves. */
export async function findBlocked(
  transaction: Transaction,
  schema: string,
  lane: Lane,
  events: readonly RecordedEvent[],
): Promise<ReadonlySet<RecordedEvent>> {
  const keyed = events.filter(({ key }) => key !== null);
  const { rows } = await transaction.query<{ tenant_id: string; key: string | null; position: number | null }>({
    name: `${schema}.find-blocked`,
    text: `
      select distinct p.tenant_id, p.key, null::bigint as position from ${schema}.parked p
        join unnest($2::text[], $3::text[]) wanted (tenant_id, key) using (tenant_id, key)
       where p.lane_id = $1
      union all
      select p.tenant_id, null, p.position from ${schema}.parked p
        join unnest($4::text[], $5::bigint[]) met (tenant_id, position) using (tenant_id, position)
       where p.lane_id = $1`,
    values: [
      lane.id,
      keyed.map(({ tenantId }) => tenantId),
      keyed.map(({ key }) => key),
      events.map(({ tenantId }) => tenantId),
      events.map(({ position }) => position),
    ],
  });
  const keys = new Set(rows.map((row) => JSON.stringify([row.tenant_id, row.key])));
  const positions = new Set(rows.map(({ position }) => position));
  const isHeld = ({ tenantId, key, position }: RecordedEvent) =>
    positions.has(position) || (key !== null && keys.has(JSON.stringify([tenantId, key])));
  return new Set(events.filter(isHeld));
}

export function parkStatement(
  schema: string,
  lane: Lane,
  event: RecordedEvent,
  because: ParkingReason,
): FinalStatement {
  const hasFailed = because.kind === 'failed';
  return {
    name: `${schema}.park`,
    text: `
      insert into ${schema}.parked (lane_id, position, recorded_at, ${FACT_COLUMNS}, attempts, error, due_at, is_silent)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
              ${inMilliseconds('$18')},
              (select $2 <= replay_until and not replay_makes_calls from ${schema}.lane where id = $1))
      on conflict (tenant_id, lane_id, position) do nothing`,
    values: [
      lane.id,
      event.position,
      event.recordedAt,
      event.id,
      event.type,
      event.version,
      event.tenantId,
      event.key,
      event.data,
      event.occurredAt,
      event.correlationId,
      event.causationId,
      event.traceparent,
      event.actor,
      event.source,
      hasFailed ? 1 : 0,
      because.kind === 'behind' ? null : because.error,
      hasFailed ? because.restMs : 0,
    ],
  };
}

const keyOf = (lane: Lane, event: RecordedEvent): unknown[] => [event.tenantId, lane.id, event.position];
