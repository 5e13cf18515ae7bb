import type { TenantId } from '#shared-kernel/tenant';
import type { LogPosition, RecordedEvent, ServerRun } from '../log/log.ts';
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
  /** What became of each of these events at every lane of the context, whether the lane wants them or not. */
  receptions(events: readonly RecordedEvent[]): Promise<readonly Reception[]>;
  /**
   * Runs work in one transaction of the lane. Everything in it happens, or nothing.
   * @throws {Fenced} when the lane was moved on meanwhile, or is not what the work took for granted
   */
  inBatch<Result>(
    lane: Lane,
    work: (batch: LaneBatch<Scope>) => Promise<Result>,
    beginning?: Beginning,
  ): Promise<Result | typeof BUSY>;
  /** Stops the lane until somebody resumes it. */
  pause(lane: Lane, reason: string): Promise<void>;
  resume(lane: Lane): Promise<void>;
}

/**
 * How a batch begins, other than by looking how the lane is. `trial`: by recording the start of a lone event, so that one which
 * kills the process is found out. `stride`: at once, since this worker has just moved the lane itself. A light one may be
 * committed together with those of other lanes; each of them fails by itself.
 */
export type Beginning =
  { readonly trial: RecordedEvent } | { readonly stride: Stride; readonly isLight?: boolean | undefined };

/** What is taken for granted of a lane that was clear: that nothing has changed. The commit proves it, or undoes the batch. */
export interface Stride {
  readonly at: LogPosition;
  readonly server: ServerRun;
}

/** Where a lane begins that no one has seen before. */
export type StartOf = (subscriber: Pick<Subscriber<never>, 'startAt'>) => Promise<LogPosition>;

/** A lane as it was found, or made. */
export interface EnlistedLane extends Lane {
  readonly standing: LaneStanding;
}

/** How a lane is, as its storage says. */
export interface LaneStanding {
  readonly at: LogPosition;
  readonly pausedBecause: string | null;
  readonly parkedKeys: number;
  /** Those of them that failed: the others wait for code that knows their events. */
  readonly failedKeys: number;
  /** Up to this position the lane handles again what it had handled before; 0 where nothing is replayed. */
  readonly replayUntil: number;
}

/** What became of an event at a lane, if it is of its types. */
export interface Reception {
  readonly eventId: string;
  /** Every name the subscriber had, the newest last. */
  readonly names: readonly string[];
  readonly state: ReceptionState;
  /** When it was handled, set aside or given up, as far back as the ledger goes. */
  readonly at: Date | null;
  /** Attempts that were spent on it since it was set aside. */
  readonly attempts: number;
  /** Why it failed last, or was given up. */
  readonly error: string | null;
}

/**
 * `waiting`: the lane has not come so far; `earlier`: it began further on. `skipped` and `discarded`: an operator gave it up, and
 * it was not replayed since.
 */
export type ReceptionState = 'handled' | 'waiting' | 'earlier' | 'parked' | 'dead' | 'skipped' | 'discarded';

/** One transaction of a lane. */
export interface LaneBatch<Scope> {
  /** Where the lane stands, as this transaction reads it. */
  readonly at: LogPosition;
  /** Who runs this transaction. */
  readonly server: ServerRun;
  readonly pausedBecause: string | null;
  readonly hasParked: boolean;
  /** Nothing is parked, suspected or replayed: the batch after this one may begin in stride. */
  readonly isClear: boolean;
  /** How often the trial event was begun before by a process that never saw the end, good or bad. */
  readonly earlierStarts: number;
  /** Where an event stands that is to be tried alone: its last handling may have ended a process. */
  readonly suspectAt?: number | null;
  scopeOf(tenantId: TenantId): Scope;
  /** Which of these events wait behind a parked one of their key, or are parked themselves: a replay comes to them again. */
  findBlocked(events: readonly RecordedEvent[]): Promise<ReadonlySet<RecordedEvent>>;
  /** One that is parked already stays as it is. */
  park(event: RecordedEvent, because: ParkingReason): void;
  /** Moves the lane with the commit; `onRecorded` hears when that was, by the clock of whoever stores it. */
  advanceTo(to: LogPosition, onRecorded?: (at: Date) => void): void;
}

/** Why an event is set aside: it failed, an older one of its key did, or the code does not know it yet. */
export type ParkingReason =
  | { readonly kind: 'failed'; readonly error: string; readonly restMs: number }
  | { readonly kind: 'behind' }
  | { readonly kind: 'not-yet-known'; readonly error: string };
