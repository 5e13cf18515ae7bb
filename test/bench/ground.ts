import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedPostgres } from '#app/embedded-postgres/embedded-postgres';
import type { Place } from './jobs.ts';
import { ask } from './work/connection.ts';

/** A PostgreSQL of the benchmark's own, on the disk of the folder for temporary files, as durable as any. */
export interface Ground {
  readonly settings: ServerSettings;
  /** A fresh database for as long as the work takes. */
  inDatabase<Result>(work: (place: Place) => Promise<Result>): Promise<Result>;
  leave(): Promise<void>;
}

export type ServerSettings = Readonly<Record<(typeof STATED)[number], string>>;

const STATED = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers'] as const;

/** All as the server comes, but for the stamps of commits, by which latencies are read. */
const SETTINGS = { track_commit_timestamp: 'on' };

const NAME = 'bench';

export async function openGround(): Promise<Ground> {
  const directory = await mkdtemp(join(tmpdir(), 'microlith-bench-'));
  const server = await openEmbeddedPostgres(directory, { settings: SETTINGS });
  const maintenance = server.connection('postgres');
  const [pid] = (await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n');
  return {
    settings: await readSettings(),
    inDatabase: async (work) => {
      await ask(maintenance, `create database ${NAME}`);
      try {
        return await work({ address: server.connection(NAME), postmaster: Number(pid) });
      } finally {
        await ask(maintenance, `drop database ${NAME} with (force)`);
      }
    },
    leave: async () => {
      await server.release();
      await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };

  async function readSettings(): Promise<ServerSettings> {
    const values = STATED.map(async (name) => [name, (await ask(maintenance, `show ${name}`))[0]![name]]);
    return Object.fromEntries(await Promise.all(values)) as ServerSettings;
  }
}
