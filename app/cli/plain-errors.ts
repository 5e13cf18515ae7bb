import { EmbeddedPostgresUnavailable } from '../embedded-postgres/unavailable.ts';
import { InvalidConfig } from '../config.ts';
import { DatabaseUnusable } from '../persistence/database.ts';
import { CannotListen } from '../server.ts';
import { ConnectionLost } from '#events/messaging/adapters/postgresql/log/reader-connection';
import { faultOf } from '#events/messaging/lanes/fault';
import { reasonOf } from '#events/messaging/reason-of';
import { NoLog } from '#events/messaging/adapters/postgresql/operations/look-into';
import { BeyondLog, HistoryPruned } from '#events/messaging/adapters/postgresql/operations/replay';
import { PartitionInUse } from '#events/messaging/adapters/postgresql/log/partitions';
import {
  AlreadyRetired,
  NotPaused,
  StillHeard,
  StillWorked,
} from '#events/messaging/adapters/postgresql/operations/lanes';
import { LaneHeld } from '#events/messaging/adapters/postgresql/operations/lane-succession';
import { NoSuchLane } from '#events/messaging/adapters/postgresql/operations/lane-of';
import { LogMoved } from '#events/messaging/log/log';
import { NeedsDatabase } from '../persistence/backbone.ts';
import { MigrationsPending } from '../persistence/as-it-is.ts';
import { MigrationDrift } from '../persistence/migrate.ts';
import { BadReleasedSchema } from './contracts/released.ts';
import { CommandFailed } from './command-failed.ts';

/** Errors whose message is all that a person needs. */
const PLAIN = [
  AlreadyRetired,
  BadReleasedSchema,
  BeyondLog,
  CannotListen,
  CommandFailed,
  InvalidConfig,
  DatabaseUnusable,
  EmbeddedPostgresUnavailable,
  HistoryPruned,
  LaneHeld,
  LogMoved,
  MigrationDrift,
  MigrationsPending,
  NeedsDatabase,
  NoLog,
  NoSuchLane,
  NotPaused,
  PartitionInUse,
  StillHeard,
  StillWorked,
];

/** Of these, those that the one who typed the command can mend. */
const MISUSE = [BadReleasedSchema, InvalidConfig, NeedsDatabase, NoSuchLane, StillHeard, BeyondLog, HistoryPruned];

const isPlain = (error: unknown): error is Error => PLAIN.some((kind) => error instanceof kind);

/** What an error says to a person; nothing where it is a defect, whose stack says more. */
export const messageOf = (error: unknown): string | undefined => {
  if (isPlain(error)) return error.message;
  return isOutage(error) ? `the database was lost: ${reasonOf(error)}. ${AFTER_OUTAGE}` : undefined;
};

const AFTER_OUTAGE =
  'What was committed before that is kept: when npx microlith events status has an answer again, see how things stand, and give the command again for the rest';

const isOutage = (error: unknown): boolean => error instanceof ConnectionLost || faultOf(error) === 'outage';

export const isMisuse = (error: unknown): boolean => MISUSE.some((kind) => error instanceof kind);
