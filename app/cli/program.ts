import { Command, CommanderError } from 'commander';
import { EmbeddedPostgresUnavailable } from '../embedded-postgres/unavailable.ts';
import { InvalidConfig } from '../config.ts';
import { DatabaseUnusable } from '../persistence/database.ts';
import { CannotListen } from '../server.ts';
import { NoLog } from '#events/messaging/adapters/postgresql/operations/stored-facts';
import { HistoryPruned } from '#events/messaging/adapters/postgresql/operations/replay';
import { PartitionInUse } from '#events/messaging/adapters/postgresql/partitions';
import { StillHeard } from '#events/messaging/adapters/postgresql/operations/lanes';
import { NoSuchLane } from '#events/messaging/adapters/postgresql/operations/lane-of';
import { NeedsDatabase } from '../persistence/backbone.ts';
import { MigrationDrift } from '../persistence/migrate.ts';
import { addDemo } from './demo.ts';
import { addContracts } from './contracts/contracts.ts';
import { BadReleasedSchema } from './contracts/released.ts';
import { addEvents } from './events/events.ts';
import { addImport } from './import.ts';
import { CommandFailed } from './with-host.ts';
import { addStart } from './start.ts';
import { addTrace } from './trace.ts';

/** Errors whose message is all that a person needs. */
const PLAIN = [
  BadReleasedSchema,
  CannotListen,
  CommandFailed,
  InvalidConfig,
  DatabaseUnusable,
  EmbeddedPostgresUnavailable,
  HistoryPruned,
  MigrationDrift,
  NeedsDatabase,
  NoLog,
  NoSuchLane,
  PartitionInUse,
  StillHeard,
];

/** Of these, those that the one who typed the command can mend. */
const MISUSE = [InvalidConfig, NoSuchLane, StillHeard, HistoryPruned];

/** Runs one command line; resolves with its exit code: 0 done, 1 failed, 2 used or configured wrongly. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const program = new Command('microlith')
    .description('A modular monolith, and the post office under it.')
    .exitOverride();
  program.showHelpAfterError().configureHelp({ showGlobalOptions: true });
  addStart(program);
  addDemo(program);
  addTrace(program);
  addEvents(program);
  addContracts(program);
  addImport(program);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const isPlain = PLAIN.some((kind) => error instanceof kind);
  process.stderr.write(
    `${isPlain ? `microlith: ${(error as Error).message}` : ((error as Error).stack ?? String(error))}\n`,
  );
  if (error instanceof CommandFailed) return error.exitCode;
  return MISUSE.some((kind) => error instanceof kind) ? 2 : 1;
}
