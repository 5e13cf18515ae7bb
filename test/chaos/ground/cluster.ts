import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '#app/embedded-postgres/embedded-postgres';
import { layoutOf, port } from '#app/embedded-postgres/paths';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { query } from '../../proofs/support/ground.ts';

const LOOK_EVERY = 20;
const RETRY_AFTER = 200;

type Settings = Readonly<Record<string, string>>;

/** A PostgreSQL of chaos' own, as durable as any, that may be hurt: it is started again whenever it goes away. */
export class Cluster {
  readonly directory: string;
  readonly #settings: Settings;
  #lease: EmbeddedPostgres | undefined;
  #isWanted = true;

  private constructor(directory: string, settings: Settings) {
    this.directory = directory;
    this.#settings = { max_prepared_transactions: '10', ...settings };
  }

  static async open(directory: string, settings: Settings = {}): Promise<Cluster> {
    const cluster = new Cluster(directory, settings);
    cluster.#lease = await cluster.#open();
    return cluster;
  }

  /** As superuser. */
  get admin(): DatabaseAddress {
    return { host: join(layoutOf(this.directory).short, 'run'), port, user: 'postgres', database: 'postgres' };
  }

  /** The first process's number, as it is now. */
  async postmaster(): Promise<number> {
    const [pid] = (await readFile(this.#postmasterFile, 'utf8')).split('\n');
    return Number(pid);
  }

  /** Sends the first process a signal; resolves when the server takes connections again. */
  async strike(signal: 'SIGKILL' | 'SIGINT'): Promise<void> {
    const struck = await this.postmaster();
    process.kill(struck, signal);
    while ((await this.postmaster().catch(() => struck)) === struck) await sleep(LOOK_EVERY);
    await this.untilReady();
  }

  async untilReady(): Promise<void> {
    while (!(await isAnswering(this.admin))) await sleep(LOOK_EVERY);
  }

  /** Ends it, and does not start it again. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#lease?.release();
    while (existsSync(this.#postmasterFile)) await sleep(LOOK_EVERY);
  }

  get #postmasterFile(): string {
    return join(this.directory, 'data', 'postmaster.pid');
  }

  #open(): Promise<EmbeddedPostgres> {
    return openEmbeddedPostgres(this.directory, { settings: this.#settings, onLost: () => void this.#reopen() });
  }

  /** For as long as it takes: where the disk is full, a server does not start. */
  async #reopen(): Promise<void> {
    while (this.#isWanted) {
      this.#lease = await this.#open().catch(() => undefined);
      if (this.#lease) break;
      await sleep(RETRY_AFTER);
    }
    if (!this.#isWanted) await this.#lease?.release();
  }
}

const isAnswering = (admin: DatabaseAddress): Promise<boolean> =>
  query(admin, 'select 1').then(
    () => true,
    () => false,
  );
