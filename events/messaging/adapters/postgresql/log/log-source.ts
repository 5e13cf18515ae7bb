import type pg from 'pg';
import {
  BEGINNING,
  LogMoved,
  type AppenderSighting,
  type LogPosition,
  type LogSource,
  type RecordedEvent,
  type ServerRun,
} from '../../../log/log.ts';
import { FACT_COLUMNS, type FactRow, toRecordedEvent } from './log-statements.ts';
import { copyFacts } from './copied-facts.ts';
import { lastBefore } from './last-before.ts';
import { LAST_DRAWN } from './partitions.ts';
import type { DatabaseAddress } from '../transactions/pool.ts';
import { ON_A_STANDBY, ReaderConnection, type ReaderOptions } from './reader-connection.ts';
import { runPipeline } from '../transactions/pipeline.ts';
import { type Statement, typed } from '../transactions/statement.ts';

const ROW = `position, recorded_at, ${FACT_COLUMNS}`;
/** Who reads from a row on hears with it how far positions are drawn: whether anything can stand beyond the near. */
const NEAR = `
  select ${ROW}, case when position = $1 then ${LAST_DRAWN} end as drawn
    from messaging.log where position between $1 and $2 order by position`;
const NEXT = `select ${ROW} from messaging.log where position > $1 order by position limit 1`;

/** `highest` is what this statement's snapshot sees; who holds the lock is read after the snapshot was taken. */
const SIGHT = `
  select last.position, last.id, pg_is_in_recovery() as is_standby,
         array(select virtualtransaction from pg_locks
                where relation = 'messaging.log'::regclass and mode = 'RowExclusiveLock' and granted
                  and database = (select oid from pg_database where datname = current_database())) as appenders
    from (select 1) one left join lateral (select position, id from messaging.log order by position desc limit 1) last on true`;

/** So many rows pay for being copied out, which is planned each time. About as many are expected as came last. */
const MANY = 200;

interface NearRow extends FactRow {
  readonly drawn: number | null;
}

/** The settled and unsettled end of a log, as its one reader sees it. */
export class PostgresLogSource implements LogSource {
  readonly #connection: ReaderConnection;
  #areMany = false;
  #drawn = Infinity;

  constructor(address: DatabaseAddress, options: ReaderOptions) {
    this.#connection = new ReaderConnection(address, options);
  }

  /** Whether notices of other processes reach this one. */
  get isListening(): boolean {
    return this.#connection.isListening;
  }

  get server(): ServerRun {
    return this.#connection.server;
  }

  get drawn(): number {
    return this.#drawn;
  }

  async rows(from: number, span: number): Promise<readonly RecordedEvent[]> {
    const copied = this.#areMany ? await this.#connection.ask((client) => copyFacts(client, from, from + span)) : [];
    const areCopied = copied.length > 1;
    const rows = areCopied ? copied : await this.#nearOrFar(from, span);
    if (areCopied) this.#drawn = Infinity;
    this.#areMany = rows.length >= MANY;
    return rows;
  }

  async floor(): Promise<number> {
    const { rows } = await this.#send<{ floor: number }>({
      text: 'select floor from messaging.log_identity',
      values: [],
    });
    return rows[0]!.floor;
  }

  async lastBefore(position: number): Promise<LogPosition> {
    return this.#connection.ask((client) => lastBefore(client, position));
  }

  async sightAppenders(): Promise<AppenderSighting> {
    const { rows } = await this.#send<{
      position: number | null;
      id: string;
      is_standby: boolean;
      appenders: string[];
    }>({
      name: 'messaging.sight',
      text: SIGHT,
      values: [],
    });
    const [sighting] = rows;
    if (sighting!.is_standby) throw new LogMoved(ON_A_STANDBY);
    const highest = sighting!.position === null ? BEGINNING : positionOf(sighting!.position, sighting!.id);
    return { highest, appenders: new Set(sighting!.appenders) };
  }

  /** Reads nothing, and stays a member of the log. */
  async remain(): Promise<void> {
    await this.#connection.remain();
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #nearOrFar(from: number, span: number): Promise<RecordedEvent[]> {
    const values = [from, from + span];
    const { rows } = await this.#send<NearRow>({ name: 'messaging.near', text: NEAR, values });
    const near = rows.map(toRecordedEvent);
    const isOnlyTheAnchor = near.every(({ position }) => position === from);
    this.#drawn = rows[0]?.drawn ?? Infinity;
    if (!isOnlyTheAnchor || this.#drawn <= from + span) return near;
    const far = await this.#send<FactRow>({ name: 'messaging.next', text: NEXT, values: [from + span] });
    return [...near, ...far.rows.map(toRecordedEvent)];
  }

  /** As a pipeline, whose answers are described once for each connection. */
  async #send<Row extends pg.QueryResultRow>(statement: Statement): Promise<pg.QueryResult<Row>> {
    const [result] = await this.#connection.ask((client) => runPipeline(client, [typed(statement)]));
    return result as pg.QueryResult<Row>;
  }
}

const positionOf = (position: number, eventId: string): LogPosition => ({ position, eventId });
