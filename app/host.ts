import { join, resolve } from 'node:path';
import { createScryptHasher } from '#contexts/accounts/adapters/scrypt';
import { createDirectoryLedger, createSandboxGateway } from '#contexts/billing/adapters/sandbox-gateway';
import { createEmlTransport } from '#contexts/notifications/adapters/eml';
import { createSmtpTransport } from '#contexts/notifications/adapters/smtp';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { NoLog } from '#events/messaging/adapters/postgresql/operations/look-into';
import type { Observer } from '#events/messaging/watching/observer';
import type { Tracing } from '#events/messaging/watching/tracing';
import { reasonOf } from '#events/messaging/reason-of';
import { BOOKKEEPING_DAYS } from '#events/messaging/adapters/postgresql/operations/prune';
import { systemClock } from '#shared-kernel/clock';
import type { Config } from './config.ts';
import { histories } from './contexts.ts';
import type { Logger } from './logging.ts';
import type { Backbone, BackboneListeners, ReportError } from './persistence/backbone.ts';
import { assertUpToDate, MigrationsPending } from './persistence/as-it-is.ts';
import { DatabaseUnusable, openDatabase, type OpenDatabase } from './persistence/database.ts';
import { createMemoryBackbone } from './persistence/memory-backbone.ts';
import { migrate, MigrationDrift, type MigrationListener } from './persistence/migrate.ts';
import { createPostgresBackbone } from './persistence/postgres-backbone.ts';
import { openSystem, type System } from './system.ts';

/** The system on real ground: a database that is there and up to date, mail and money as they are configured. */
export interface Host {
  readonly system: System;
  readonly backbone: Backbone;
  /** Where the database is, where there is one. */
  readonly database?: DatabaseAddress;
  /** What was migrated now, as `schema/name`. */
  readonly migrated: readonly string[];
  /** What operators can do. @throws {NeedsDatabase} in memory */
  operations(): Operations;
  /** How the database is called in a message to a person. */
  readonly place: string;
  close(): Promise<void>;
}

export interface HostOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly observer?: Observer;
  readonly tracing?: Tracing | undefined;
  /** The database is taken as it is: one that is not up to date is refused, not migrated. */
  readonly asItIs?: boolean;
}

export async function openHost({ config, logger, observer, tracing, asItIs = false }: HostOptions): Promise<Host> {
  const reportError: ReportError = (error, duty) =>
    logger.warn({ err: error }, `something went wrong that is being handled${duty ? `: ${duty}` : ''}`);
  const listeners = { observer, tracing };
  const ground =
    config.topology === 'memory'
      ? memoryGround(listeners)
      : await postgresGround(config, logger, { ...listeners, reportError, asItIs });
  const smtp = config.smtpUrl ? createSmtpTransport(config.smtpUrl) : undefined;
  const transport = smtp ?? createEmlTransport(inData(config, 'mail'));
  try {
    const system = await openSystem({
      backbone: ground.backbone,
      gateway: createSandboxGateway({ ledger: createDirectoryLedger(inData(config, 'sandbox-gateway')) }),
      transport,
      mailFrom: config.mailFrom,
      passwords: createScryptHasher(),
      reportError,
      tracing,
      ...(observer && { observer }),
    });
    const close = async () => {
      await system.close();
      smtp?.close();
      await ground.release();
    };
    const { backbone, migrated, place, database } = ground;
    return {
      system,
      backbone,
      migrated,
      place,
      ...(database && { database }),
      operations: () => backbone.operations(system.hearers),
      close,
    };
  } catch (error) {
    await ground.release();
    throw error;
  }
}

interface Ground {
  readonly backbone: Backbone;
  readonly database?: DatabaseAddress;
  readonly migrated: readonly string[];
  readonly place: string;
  release(): Promise<void>;
}

const memoryGround = (listeners: BackboneListeners): Ground => ({
  backbone: createMemoryBackbone(systemClock, listeners),
  migrated: [],
  place: 'memory only: everything is gone when it stops',
  release: async () => undefined,
});

interface PostgresGroundOptions extends BackboneListeners {
  readonly reportError: ReportError;
  readonly asItIs: boolean;
}

async function postgresGround(
  config: Config,
  logger: Logger,
  { asItIs, ...listeners }: PostgresGroundOptions,
): Promise<Ground> {
  const database = await openDatabase(config, logger);
  const place = placeOf(config, database);
  const migrated = await prepare(database, place, asItIs ? undefined : tellingOf(logger));
  const backbone = createPostgresBackbone(database.address, {
    poolSize: config.poolSize,
    clock: systemClock,
    ...listeners,
    retention: { history: config.historyDays ?? null, bookkeeping: BOOKKEEPING_DAYS },
    onPruned: (pruned) => logger.info(pruned, 'what nobody needs any more was pruned'),
  });
  return { backbone, migrated, place, database: database.address, release: () => database.release() };
}

const tellingOf = (logger: Logger): MigrationListener => ({
  onWaiting: () =>
    logger.warn('waiting: another process migrates this database (microlith migrate in pg_stat_activity)'),
  onApplied: (migration) => logger.info({ migration }, 'a migration was applied'),
});

/** Migrates where somebody listens; else the database is only looked at. @throws {MigrationDrift} {@link NoLog} {@link MigrationsPending} {@link DatabaseUnusable} */
async function prepare(
  database: OpenDatabase,
  place: string,
  migrating: MigrationListener | undefined,
): Promise<readonly string[]> {
  try {
    if (migrating) return await migrate(database.address, histories, migrating);
    await assertUpToDate(database.address, histories);
    return [];
  } catch (error) {
    await database.release();
    if (REFUSALS.some((kind) => error instanceof kind)) throw error;
    const what = migrating ? 'brought up to date' : 'looked at';
    throw new DatabaseUnusable(`${place} cannot be ${what}: ${reasonOf(error)}`, error);
  }
}

const REFUSALS = [MigrationDrift, MigrationsPending, NoLog];

const placeOf = (config: Config, { isEmbedded, address }: OpenDatabase): string =>
  isEmbedded
    ? `embedded PostgreSQL in ${inData(config, 'postgres')}`
    : `PostgreSQL at ${address.host}:${address.port}/${address.database}`;

const inData = ({ dataDirectory }: Config, name: string): string => join(resolve(dataDirectory), name);
