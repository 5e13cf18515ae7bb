import type { Machine } from '../world/machine.ts';
import { Connection, type Network } from './connection.ts';

/** Connections of one process, lent to one user at a time. */
export class Pool {
  readonly #machine: Machine;
  readonly #network: Network;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];

  constructor(machine: Machine, network: Network) {
    this.#machine = machine;
    this.#network = network;
  }

  /** Lends a connection. One that is not idle afterwards is in a state that nobody knows: it is destroyed. */
  async lend<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = this.open();
    try {
      return await work(connection);
    } finally {
      this.#takeBack(connection);
    }
  }

  /** A connection to keep. */
  open(): Connection {
    const idle = this.#idle.pop();
    if (idle?.backend?.isOpen) return idle;
    const connection = new Connection(this.#machine, this.#network);
    this.#all.add(connection);
    return connection;
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  #takeBack(connection: Connection): void {
    if (connection.isUsable && !connection.backend?.transaction) return void this.#idle.push(connection);
    connection.close();
    this.#all.delete(connection);
  }
}
