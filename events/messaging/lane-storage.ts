import type { TenantId } from '#shared-kernel/tenant';
import type { LogPosition, RecordedEvent, ServerRun } from './log.ts';
import type { Subscriber } from './subscriber.ts';

/** The progress of one durable subscriber on one log. */
export interface Lane {
  /** A random 63-bit number, as text. */
  readonly id: string;
  readonly subscriber: string;
}

/** Another worker has the lane. */
export const BUSY = Symbol('busy');

/** Where lanes stand, in the subscriber's own storage, so that an effect and its position are one transaction. */
export interface LaneStorage<Scope> {
  /** Finds each subscriber's lane by its name or an alias, or makes it where a new one starts. */
  enlist(subscribers: readonly Subscriber<Scope>[], startOf: StartOf): Promise<readonly EnlistedLane[]>;
  /** As last committed. */
  standing(lane: Lane): Promise<LaneStanding>;
  /** Where every lane of the context stands, by its id. */
  positions(): Promise<ReadonlyMap<string, LogPosition>>;
  /** When each of these positions was handled by which lane, as far back as the ledger goes. */
  handledAt(positions: readonly number[]): Promise<readonly Handling[]>;
  /**
   * Runs work in one transaction that holds the lane. Everything in it happens, or nothing.
   * `trial` names a lone event whose start is recorded beforehand, so that one which kills the process is found out.
   * @throws {Fenced} when the lane was moved on meanwhile
   */
  inBatch<Result>(
    lane: Lane,
    work: (batch: LaneBatch<Scope>) => Promise<Result>,
    trial?: RecordedEvent,
  ): Promise<Result | typeof BUSY>;
  /** Stops the lane until somebody resumes it. */
  pause(lane: Lane, reason: string): Promise<void>;
  resume(lane: Lane): Promise<void>;
}

/** Where a lane begins that no one has seen before. */
export type StartOf = (subscriber: Pick<Subscriber<never>, 'startAt'>) => Promise<LogPosition>;

export interface EnlistedLane extends Lane {
  readonly standing: LaneStanding;
}

export interface LaneStanding {
  readonly at: LogPosition;
  readonly pausedBecause: string | null;
  readonly parkedKeys: number;
  /** Those of them that failed: the others wait for code that knows their events. */
  readonly failedKeys: number;
  /** Up to this position the lane handles again what it had handled before; 0 where nothing is replayed. */
  readonly replayUntil: number;
}

/** A lane has passed a position: handled what stands there, if it is of its types. */
export interface Handling {
  readonly position: number;
  /** Every name the subscriber had. */
  readonly names: readonly string[];
  readonly at: Date;
}

/** One transaction of a lane. */
export interface LaneBatch<Scope> {
  /** Where the lane stands, as this transaction reads it. */
  readonly at: LogPosition;
  /** Who runs this transaction. */
  readonly server: ServerRun;
  readonly pausedBecause: string | null;
  readonly hasParked: boolean;
  /** How often the trial event was begun before by a process that never saw the end, good or bad. */
  readonly earlierStarts: number;
  /** Where an event stands that is to be tried alone: its last handling may have ended a process. */
  readonly suspectAt?: number | null;
  scopeOf(tenantId: TenantId): Scope;
  /** Which of these events wait behind a parked one of their key. */
  findBlocked(events: readonly RecordedEvent[]): Promise<ReadonlySet<RecordedEvent>>;
  park(event: RecordedEvent, because: ParkingReason): void;
  advanceTo(to: LogPosition): void;
}

/** Why an event is set aside: it failed, an older one of its key did, or the code does not know it yet. */
export type ParkingReason =
  | { readonly kind: 'failed'; readonly error: string; readonly restMs: number }
  | { readonly kind: 'behind' }
  | { readonly kind: 'not-yet-known'; readonly error: string };
