import {
  BEGINNING,
  type AppenderSighting,
  type LogPosition,
  type LogSource,
  type RecordedEvent,
  type ServerRun,
} from '#events/messaging/log/log';
import type { Machine } from '../world/machine.ts';
import { Connection, type Network } from './connection.ts';

/** The one connection of a process that reads the log, and holds its membership. It is opened anew after it was lost. */
export class SimulatedLogSource implements LogSource {
  readonly #machine: Machine;
  readonly #network: Network;
  #connection: Promise<Connection> | undefined;
  #current: Connection | undefined;
  #server: ServerRun = 'none yet';
  #drawn = Infinity;

  constructor(machine: Machine, network: Network) {
    this.#machine = machine;
    this.#network = network;
  }

  /** Whether it hears of what other processes append. */
  get isListening(): boolean {
    return this.#current?.backend?.isOpen ?? false;
  }

  get server(): ServerRun {
    return this.#server;
  }

  get drawn(): number {
    return this.#drawn;
  }

  async rows(from: number, span: number): Promise<RecordedEvent[]> {
    const { log } = this.#network.server;
    return this.#read(`read the log from ${from}`, () => {
      this.#drawn = log.drawn;
      const start = from === 0 ? 0 : log.indexAfter(from - 1);
      const near = log.rows.slice(start, log.indexAfter(from + span));
      const isOnlyTheAnchor = near.every(({ position }) => position === from);
      return isOnlyTheAnchor ? log.rows.slice(start, start + near.length + 1) : near;
    });
  }

  async floor(): Promise<number> {
    return this.#read('read the floor', () => 0);
  }

  async lastBefore(position: number): Promise<LogPosition> {
    const { log } = this.#network.server;
    return this.#read(`read the row before ${position}`, () => {
      const last = position > 0 ? log.rows[log.indexAfter(position - 1) - 1] : undefined;
      return last ? { position: last.position, eventId: last.id } : BEGINNING;
    });
  }

  /** The end is what the statement's snapshot shows; who holds the lock is read after the snapshot was taken. */
  async sightAppenders(): Promise<AppenderSighting> {
    const { has, server } = this.#network;
    const { log } = server;
    const endNow = (): LogPosition => (log.end ? { position: log.end.position, eventId: log.end.id } : BEGINNING);
    const appendersNow = () => new Set(has('appendersAreAwaited') ? [...log.appenders].map(String) : []);
    const connection = await this.#open();
    return connection.send('sight appenders', function* () {
      const [end, early] = [endNow(), appendersNow()];
      yield;
      return has('endIsSeenFirst')
        ? { highest: end, appenders: appendersNow() }
        : { highest: endNow(), appenders: early };
    });
  }

  close(): void {
    this.#current?.close();
  }

  async #read<Result>(what: string, read: () => Result): Promise<Result> {
    const connection = await this.#open();
    // oxlint-disable-next-line require-yield
    return connection.send(what, function* () {
      return read();
    });
  }

  /** Whoever comes while it is being opened waits for the same connection. */
  async #open(): Promise<Connection> {
    if (this.#current && !this.#current.isUsable) this.#connection = undefined;
    const opening = (this.#connection ??= this.#connect());
    try {
      return await opening;
    } catch (error) {
      if (this.#connection === opening) this.#connection = undefined;
      throw error;
    }
  }

  async #connect(): Promise<Connection> {
    const { name } = this.#machine;
    const { server } = this.#network;
    const connection = new Connection(this.#machine, this.#network);
    this.#current = connection;
    await connection.send('join the members', function* (backend) {
      while (!backend.tryHold(`member ${name}`, 'session')) yield `member ${name}`;
      backend.endsWhenSilent = true;
    });
    this.#server = server.run;
    return connection;
  }
}
