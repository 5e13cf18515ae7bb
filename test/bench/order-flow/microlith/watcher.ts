import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const LOOK_EVERY = 3;
/** A position may become visible after one that was drawn later. */
const OVERLAP = 20;

/** Planned while the log is empty, it would read all of it at every look, and take from the servers what they are measured by. */
const THRIFTY = '-c enable_seqscan=off';

const LOOK = {
  name: 'look',
  text: `select position::int, key, type from messaging.log
          where position > $1 and type in ('checkout.OrderConfirmed', 'checkout.OrderCancelled') order by position`,
};

/** Sees in the log, from outside, how each order is decided. */
export class Watcher {
  readonly #client: pg.Client;
  readonly #awaited = new Map<string, (type: string) => void>();
  readonly #decided = new Map<string, string>();
  #looking: Promise<void> | undefined;

  constructor(address: pg.ClientConfig) {
    this.#client = new pg.Client({ ...address, options: THRIFTY });
  }

  async open(): Promise<void> {
    await this.#client.connect();
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
      const { rows } = await this.#client.query<{ position: number; key: string; type: string }>({
        ...LOOK,
        values: [position - OVERLAP],
      });
      for (const { key, type } of rows) this.#tell(key, type);
      position = Math.max(position, rows.at(-1)?.position ?? 0);
      await sleep(LOOK_EVERY);
    } while (this.#looking);
  }

  #tell(orderId: string, type: string): void {
    this.#decided.set(orderId, type);
    this.#awaited.get(orderId)?.(type);
    this.#awaited.delete(orderId);
  }
}
