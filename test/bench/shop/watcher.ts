import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/pool';

const LOOK_EVERY = 3;
/** A position may become visible after one that was drawn later. */
const OVERLAP = 20;

/** Planned while the log is empty, it would read all of it at every look, and take from the servers what they are measured by. */
const THRIFTY = '-c enable_seqscan=off';

/** Sees in the log, from outside, how each order is decided. */
export class Watcher {
  readonly #client: pg.Client;
  readonly #awaited = new Map<string, (type: string) => void>();
  readonly #decided = new Map<string, string>();
  #looking: Promise<void> | undefined;
  backend = 0;
  queries = 0;

  constructor(database: DatabaseAddress) {
    this.#client = new pg.Client({ ...database, options: THRIFTY });
  }

  async open(): Promise<void> {
    await this.#client.connect();
    const { rows } = await this.#client.query<{ pid: number }>('select pg_backend_pid() as pid');
    this.backend = rows[0]!.pid;
    this.queries += 1;
    this.#looking = this.#look();
  }

  /** Resolves with the type of the fact that decided the order. */
  decision(orderId: string): Promise<string> {
    const decided = this.#decided.get(orderId);
    if (decided) return Promise.resolve(decided);
    return new Promise((resolve) => this.#awaited.set(orderId, resolve));
  }

  async close(): Promise<void> {
    const looking = this.#looking;
    this.#looking = undefined;
    await looking;
    await this.#client.end();
  }

  async #look(): Promise<void> {
    let position = 0;
    do {
      this.queries += 1;
      const { rows } = await this.#client.query<{ position: string; key: string; type: string }>({
        name: 'look',
        text: `select position, key, type from messaging.log
                where position > $1 and type in ('checkout.OrderConfirmed', 'checkout.OrderCancelled') order by position`,
        values: [position - OVERLAP],
      });
      for (const { key, type } of rows) this.#tell(key, type);
      position = Math.max(position, Number(rows.at(-1)?.position ?? 0));
      await sleep(LOOK_EVERY);
    } while (this.#looking);
  }

  #tell(orderId: string, type: string): void {
    this.#decided.set(orderId, type);
    this.#awaited.get(orderId)?.(type);
    this.#awaited.delete(orderId);
  }
}
