import pg from 'pg';
import { LogMoved, type ServerRun } from '../../../log/log.ts';
import { joinMembers } from '../relay/members.ts';
import { connectionOptions, type DatabaseAddress } from '../transactions/pool.ts';
import { APPENDED, OPERATED, readNotice } from './channels.ts';
import { SERVER_RUN } from './server-run.ts';

export interface ReaderOptions {
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

export const ON_A_STANDBY = 'the log is being read from a standby, which cannot tell who is appending';

/** The one connection that reads a log, and hears of it: autocommit, never pooled, never a standby. It is opened anew after it was lost. */
export class ReaderConnection {
  readonly #address: DatabaseAddress;
  readonly #options: ReaderOptions;
  #client: Promise<pg.Client> | undefined;
  /** The one that is in use, or being opened. */
  #live: pg.Client | undefined;
  #server: ServerRun = 'none yet';
  /** One that was lost, and nobody was told yet who relied on it. */
  #lost: pg.Client | undefined;
  #isListening = false;

  constructor(address: DatabaseAddress, options: ReaderOptions) {
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

  /** A read that failed leaves nothing to rely on: the next one has a connection of its own. @throws {ConnectionLost} {@link LogMoved} on a standby */
  async ask<Answer>(ask: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
    const client = await this.#open();
    try {
      return await ask(client);
    } catch (error) {
      this.#giveUp(client);
      throw error;
    }
  }

  /** A sign of life, for who reads no more and stays a member. Whoever relied on a connection that was lost is told all the same. */
  async remain(): Promise<void> {
    const client = await this.#opened();
    try {
      await client.query('select');
    } catch (error) {
      this.#lose(client, error);
      await client.end().catch(this.#options.reportError);
    }
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#drop();
    await client?.end();
  }

  async #open(): Promise<pg.Client> {
    if (this.#lost) {
      this.#lost = undefined;
      throw new ConnectionLost();
    }
    return this.#opened();
  }

  /** Whoever comes while it is being opened waits for the same connection. */
  async #opened(): Promise<pg.Client> {
    const opening = (this.#client ??= this.#connect());
    try {
      return await opening;
    } catch (error) {
      if (this.#client === opening) this.#drop();
      throw error;
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client(connectionOptions(this.#address));
    this.#live = client;
    client.on('error', (error) => this.#lose(client, error));
    client.on('notification', ({ channel, payload }) =>
      channel === OPERATED ? this.#options.onOperated?.() : this.#hear(payload),
    );
    try {
      await client.connect();
      this.#server = await meetPrimary(client);
      await client.query(`listen ${APPENDED}; listen ${OPERATED}`);
      this.#isListening = true;
      if (this.#options.memberName) await joinMembers(client, this.#options.memberName);
    } catch (error) {
      client.end().catch(this.#options.reportError);
      throw error;
    }
    return client;
  }

  /** What this process has appended itself it knows already. */
  #hear(payload: string | undefined): void {
    const { memberName, onNotice } = this.#options;
    const { by, types } = readNotice(payload);
    if (by === undefined || by !== memberName) onNotice(types);
  }

  /** Whoever asked is told by the failure: also where the connection has told of its loss just before. */
  #giveUp(client: pg.Client): void {
    if (this.#lost === client) this.#lost = undefined;
    if (this.#live !== client) return;
    this.#drop();
    client.end().catch(this.#options.reportError);
  }

  /** A connection tells of its end more than once, and by then there may be another. */
  #lose(client: pg.Client, error: unknown): void {
    this.#options.reportError(error);
    if (this.#live !== client) return;
    this.#drop();
    this.#lost = client;
  }

  #drop(): void {
    this.#client = undefined;
    this.#live = undefined;
    this.#isListening = false;
  }
}

async function meetPrimary(client: pg.Client): Promise<ServerRun> {
  const { rows } = await client.query<{ is_standby: boolean; server: ServerRun }>(
    `select pg_is_in_recovery() as is_standby, ${SERVER_RUN} as server`,
  );
  if (!rows[0]!.is_standby) return rows[0]!.server;
  throw new LogMoved(ON_A_STANDBY);
}
