import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { type Config, readCommandConfig, readConfig } from '../config.ts';
import type { Host } from '../host.ts';
import { createLogger } from '../logging.ts';
import { NeedsDatabase } from '../persistence/backbone.ts';
import type { System } from '../system.ts';
import { CommandFailed } from './command-failed.ts';

/**
 * Opens the system for one command, on a database as it is, without running its relay: a server that is running goes on alone.
 * The system is loaded only then: help, and the answer to a mistake, do not wait for it.
 */
export async function withHost<Result>(work: (host: Host) => Promise<Result>): Promise<Result> {
  const config = readCommandConfig();
  const { openHost } = await import('../host.ts');
  const host = await openHost({ config, logger: createLogger(config), asItIs: true });
  try {
    return await work(host);
  } finally {
    await host.close();
  }
}

/** The same for a command of operators, who do not want a new database. @throws {NeedsDatabase} {@link CommandFailed} */
export async function withOperations<Result>(
  work: (operations: Operations, system: System) => Promise<Result>,
): Promise<Result> {
  assertThere(readConfig());
  return withHost((host) => work(host.operations(), host.system));
}

/** Whoever asks what is there wants no new database: the embedded server would begin an empty one. @throws {NeedsDatabase} {@link CommandFailed} */
export function assertThere({ topology, database, dataDirectory }: Config): void {
  if (topology === 'memory') throw new NeedsDatabase();
  const directory = resolve(dataDirectory, 'postgres');
  if (database || existsSync(join(directory, 'data'))) return;
  throw new CommandFailed(`there is no database in ${directory}: set DATABASE_URL or MICROLITH_DATA to one`);
}
