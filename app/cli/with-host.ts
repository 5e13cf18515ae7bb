import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { type Config, readConfig } from '../config.ts';
import { type Host, openHost } from '../host.ts';
import { createLogger } from '../logging.ts';
import { NeedsDatabase } from '../persistence/backbone.ts';

/** Opens the system for one command, without running its relay: a server that is running goes on alone. */
export async function withHost<Result>(work: (host: Host) => Promise<Result>): Promise<Result> {
  const config = { ...readConfig(), logLevel: 'error' as const };
  const host = await openHost({ config, logger: createLogger(config) });
  try {
    return await work(host);
  } finally {
    await host.close();
  }
}

/** The same for a command of operators, who do not want a new database. @throws {NeedsDatabase} {@link CommandFailed} */
export async function withOperations<Result>(work: (operations: Operations) => Promise<Result>): Promise<Result> {
  assertThere(readConfig());
  return withHost((host) => work(host.operations()));
}

/** The embedded server would begin with an empty database where there is none. @throws {NeedsDatabase} {@link CommandFailed} */
export function assertThere({ topology, database, dataDirectory }: Config): void {
  if (topology === 'memory') throw new NeedsDatabase();
  const directory = resolve(dataDirectory, 'postgres');
  if (database || existsSync(join(directory, 'data'))) return;
  throw new CommandFailed(`there is no database in ${directory}: set DATABASE_URL or MICROLITH_DATA to one`);
}

/** The command was used wrongly, or what it was asked for is not there; the message is all that a person needs. */
export class CommandFailed extends Error {
  readonly exitCode: number;

  constructor(why: string, exitCode = 1) {
    super(why);
    this.exitCode = exitCode;
  }
}

export const print = (text: string): void => void process.stdout.write(`${text}\n`);

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));
