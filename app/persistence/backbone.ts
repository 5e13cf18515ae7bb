import type { ContextStore, DueWork } from '#events/messaging/units/context-store';
import type { InMemoryContext } from '#events/messaging/adapters/in-memory/store';
import type { MikroOrmContext } from '#events/messaging/adapters/postgresql/store';
import type { Bell } from '#events/messaging/bell';
import type { LogSource, RecordedEvent } from '#events/messaging/log/log';
import type { KnownSubscriber } from '#events/messaging/adapters/postgresql/operations/lane-of';
import type { Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import type { Observer } from '#events/messaging/watching/observer';
import type { Relay, RelayDependencies } from '#events/messaging/relay/relay';
import type { PoolStatus, PostOfficeStatus } from '#events/messaging/watching/status';
import type { Tracing } from '#events/messaging/watching/tracing';
import type { Migration } from '../../migrations/migration.ts';

/** A context's ways to be stored; which one is used is the topology's decision. */
export interface ContextDoors<Scope> {
  readonly inMemory: InMemoryContext<Scope>;
  readonly mikroOrm: MikroOrmContext<Scope>;
  readonly migrations: readonly Migration[];
}

export type RelayParts = Omit<RelayDependencies, 'source' | 'readBehind' | 'isMine' | 'timing' | 'tracing'>;

/** Who hears what a backbone's stores do. */
export interface BackboneListeners {
  readonly observer?: Pick<Observer, 'published'> | undefined;
  readonly tracing?: Tracing | undefined;
}

/** Hears of what went wrong and is being handled, and in the course of what, where that is known. */
export type ReportError = (error: unknown, duty?: string) => void;

/** Connections of a pool, and who waits for one. */
export interface PoolUse extends PoolStatus {
  readonly idle: number;
  readonly waiting: number;
}

/** One log and the stores whose units of work append to it: a database, or a process's memory. */
export interface Backbone {
  open<Scope>(doors: ContextDoors<Scope>): Promise<ContextStore<Scope>>;
  createRelay(parts: RelayParts): Relay;
  /** One look at the due work of all contexts opened here. */
  lookForDueWork(): Promise<ReadonlyMap<string, DueWork>>;
  /** Milliseconds until this process is to look for due work: those of a database take turns. */
  untilTurn(): number;
  /** The highest position that is visible now. */
  findEnd(): Promise<number>;
  /** The facts of one story, in the log's order. */
  findStory(correlationId: string): Promise<readonly RecordedEvent[]>;
  /** Keeps in touch with other processes on the same log until the signal is aborted; they see this one until it is closed. */
  tend(signal: AbortSignal): Promise<void>;
  /** What operators can do here. @throws {NeedsDatabase} in memory */
  operations(subscribers: readonly KnownSubscriber[]): Operations;
  /** The log for somebody who only looks on, and what rings when there is more of it. @throws {NeedsDatabase} in memory */
  follow(): { readonly source: LogSource; readonly bell: Bell };
  /** How the post office is; left out in memory, where only the process itself could look. */
  readStatus?(subscribers: readonly KnownSubscriber[]): Promise<PostOfficeStatus>;
  poolUse(): PoolUse;
  /** Whether news of other processes' facts reaches this one at once; otherwise it looks once a second. */
  isListening(): boolean;
  /** Rejects, saying why, when it cannot serve. */
  assertReady(): Promise<void>;
  /** Not before all calls to the outside have ended: then others see this process gone, and make those that have not. */
  close(): Promise<void>;
}

/** Something was asked of a system in memory that only a database can do. */
export class NeedsDatabase extends Error {
  constructor() {
    super('this needs a database; MICROLITH_TOPOLOGY=memory has none');
    this.name = 'NeedsDatabase';
  }
}
