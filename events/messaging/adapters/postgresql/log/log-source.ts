import pg from 'pg';
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
import { APPENDED, OPERATED, readNotice } from './channels.ts';
import { copyFacts } from './copied-facts.ts';
import { lastBefore } from './last-before.ts';
import { joinMembers } from '../relay/members.ts';
import { LAST_DRAWN } from './partitions.ts';
import { connectionOptions, type DatabaseAddress } from '../transactions/pool.ts';
import { SERVER_RUN } from './server-run.ts';
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

export interface LogSourceOptions {
  readonly reportError: (error: unknown) => void;
  /** Another process has appended facts, of these types where it says so. */
  readonly onNotice: (types?: readonly string[]) => void;
  /** An operator has changed something by hand. */
  readonly onOperated?: () => void;
  /** What this relay is called among the relays of the database; left out by who only looks. */
  readonly memberName?: string;
}

/** The connection was lost since it was last used. What it had proved about gaps is worth nothing on the next one. */
export class ConnectionLost extends Error {
  constructor() {
    super('the connection that reads the log was lost; what it had proved is forgotten');
    this.name = 'ConnectionLost';
  }
}

/** The one connection that reads a log: autocommit, never pooled, never a standby. It is opened anew after it was lost. */
export class PostgresLogSource implements LogSource {
  readonly #address: DatabaseAddress;
  readonly #options: LogSourceOptions;
  #client: Promise<pg.Client> | undefined;
  /** The one that is in use, or being opened. */
  #live: pg.Client | undefined;
  #server: ServerRun = 'none yet';
  #areMany = false;
  #isLost = false;
  #isListening = false;

  constructor(address: DatabaseAddress, options: LogSourceOptions) {
    this.#address = address;
    this.#options = options;
  }

  /** Whether notices of other processes reach this one. */
  get isListening(): boolean {
    return this.#isListening;
  }

  get server(): ServerRun {
    return this.#server;
  }

  async rows(from: number, span: number): Promise<readonly RecordedEvent[]> {
    const copied = this.#areMany ? await this.#ask((client) => copyFacts(client, from, from + span)) : [];
    const rows = copied.length > 1 ? copied : await this.#nearOrFar(from, span);
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
    return this.#ask((client) => lastBefore(client, position));
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

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#drop();
    await client?.end();
  }

  async #nearOrFar(from: number, span: number): Promise<RecordedEvent[]> {
    const values = [from, from + span];
    const { rows } = await this.#send<NearRow>({ name: 'messaging.near', text: NEAR, values });
    const near = rows.map(toRecordedEvent);
    const isOnlyTheAnchor = near.every(({ position }) => position === from);
    const drawn = rows[0]?.drawn ?? Infinity;
    if (!isOnlyTheAnchor || drawn <= from + span) return near;
    const far = await this.#send<FactRow>({ name: 'messaging.next', text: NEXT, values: [from + span] });
    return [...near, ...far.rows.map(toRecordedEvent)];
  }

  /** As a pipeline, whose answers are described once for each connection. */
  async #send<Row extends pg.QueryResultRow>(statement: Statement): Promise<pg.QueryResult<Row>> {
    const [result] = await this.#ask((client) => runPipeline(client, [typed(statement)]));
    return result as pg.QueryResult<Row>;
  }

  async #ask<Answer>(ask: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
    const client = await this.#open();
    try {
      return await ask(client);
    } catch (error) {
      this.#giveUp(client);
      throw error;
    }
  }

  /** A read that failed leaves nothing to rely on: the next one has a connection of its own. */
  #giveUp(client: pg.Client): void {
    if (this.#live !== client) return;
    this.#drop();
    client.end().catch(this.#options.reportError);
  }

  #drop(): void {
    this.#client = undefined;
    this.#live = undefined;
    this.#isListening = false;
  }

  /** What this process has appended itself it knows already. */
  #hear(payload: string | undefined): void {
    const { memberName, onNotice } = this.#options;
    const { by, types } = readNotice(payload);
    if (by === undefined || by !== memberName) onNotice(types);
  }

  /** Whoever comes while it is being opened waits for the same connection. */
  async #open(): Promise<pg.Client> {
    if (this.#isLost) {
      this.#isLost = false;
      throw new ConnectionLost();
    }
    const opening = (this.#client ??= this.#connect());
    try {
      return await opening;
    } catch (error) {
      if (this.#client === opening) this.#drop();
      throw error;
    }
  }

  /** A connection tells of its end more than once, and by then there may be another. */
  #lose(client: pg.Client, error: unknown): void {
    this.#options.reportError(error);
    if (this.#live !== client) return;
    this.#drop();
    this.#isLost = true;
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client(connectionOptions(this.#address));
    this.#live = client;
    client.on('error', (error) => this.#lose(client, error));
    client.on('notification', ({ channel, payload }) =>
      channel === OPERATED ? this.#options.onOperated?.() : this.#hear(payload),
    );
    await client.connect();
    this.#server = await meetPrimary(client);
    await client.query(`listen ${APPENDED}; listen ${OPERATED}`);
    this.#isListening = true;
    if (this.#options.memberName) await joinMembers(client, this.#options.memberName);
    return client;
  }
}

const ON_A_STANDBY = 'the log is being read from a standby, which cannot tell who is appending';

async function meetPrimary(client: pg.Client): Promise<ServerRun> {
  const { rows } = await client.query<{ is_standby: boolean; server: ServerRun }>(
    `select pg_is_in_recovery() as is_standby, ${SERVER_RUN} as server`,
  );
  if (!rows[0]!.is_standby) return rows[0]!.server;
  await client.end();
  throw new LogMoved(ON_A_STANDBY);
}

const positionOf = (position: number, eventId: string): LogPosition => ({ position, eventId });
