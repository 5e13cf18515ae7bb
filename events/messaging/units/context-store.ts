import type { UnitOfWork } from '#shared-kernel/unit-of-work';
import type { LaneStorage } from '../lanes/lane-storage.ts';
import type { ParkedStorage } from '../parking/parked-storage.ts';
import type { RequestStorage, RequestTaker } from '../requests/request-storage.ts';
import type { ScheduleStorage } from './schedule.ts';

/** Where one context keeps its things: its units of work, and its part of the post office beside its own tables. */
export interface ContextStore<Scope> {
  readonly context: string;
  readonly unitOfWork: UnitOfWork<Scope>;
  /** For queries, which change nothing. On PostgreSQL each statement reads what is committed when it runs: they are no one state. */
  readonly reading: UnitOfWork<Scope>;
  readonly lanes: LaneStorage<Scope>;
  readonly parked: ParkedStorage<Scope>;
  readonly requests: RequestStorage<Scope>;
  readonly schedule: ScheduleStorage;
  /** Whoever performs this context's requests gets them at once after the commit that recorded them. */
  offerRequestsTo(taker: RequestTaker): void;
  /** How long until there is something to do that no event announces. */
  dueWork(): Promise<DueWork>;
}

/** Milliseconds, by the clock of whoever stores it; null: never. */
export interface DueWork {
  readonly requestsIn: number | null;
  readonly scheduleIn: number | null;
}
