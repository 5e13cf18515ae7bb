/** How a lane is. */
export interface LaneStatus {
  readonly subscriber: string;
  readonly position: number;
  /** Events of its types that it has not handled. */
  readonly behind: number;
  /** More of the log lies before the lane than was looked at: `behind` goes by what was. */
  readonly isEstimated: boolean;
  /** Seconds since the oldest of them was recorded. */
  readonly behindSeconds: number;
  readonly oldestUnhandled: { readonly id: string; readonly position: number; readonly recordedAt: Date } | null;
  /** Events handled a second: over the last minute, or the last batches of it; of many it is a sample. */
  readonly rate: number;
  /** Seconds since its position last moved. */
  readonly stillSeconds: number;
  readonly parked: number;
  readonly dead: number;
  /** Some of the keys that wait behind a parked event. */
  readonly blockedKeys: readonly string[];
  /** How many there are. */
  readonly blockedKeyCount: number;
  readonly pausedBecause: string | null;
  /** Backend that holds the lane at this moment. Null says little: a batch of a lane in its stride holds nothing. */
  readonly heldBy: number | null;
  /** It rests for good; told only where code has its subscriber, or something is parked on it. */
  readonly isRetired: boolean;
  /** No running code listens on this lane any more. */
  readonly isOrphaned: boolean;
  /** The row it handled last is not in the log any more: through where the log still has what it handled. Null: it is. */
  readonly lostAfter: number | null;
}

/** How requests of one kind are that have not ended. Told only where there are any. */
export interface RequestStatus {
  readonly kind: string;
  /** Those that are tried by themselves. */
  readonly waiting: number;
  /** Of these, those that have failed before. */
  readonly failing: number;
  /** Nobody tries them any more: they wait for a person. */
  readonly dead: number;
  /** Seconds since the oldest that could be performed was asked for. */
  readonly oldestSeconds: number;
}

/** Somebody whose open transaction may hold back delivery: it has appended, or may yet, and has not ended. */
export interface AppenderStatus {
  /** Nothing for a prepared transaction, which no backend has. */
  readonly pid: number | null;
  /** What a prepared transaction is called; nothing for a backend. */
  readonly gid: string | null;
  /** Where that is not to be seen: for how long at least, by what waits behind it; null: nothing does. */
  readonly seconds: number | null;
  readonly state: string;
  readonly query: string | null;
  /** The other role whose backend it is, where we may not see what it does; null: we may. */
  readonly hiddenBy: string | null;
}

/** A hole in the log that somebody may still fill: nothing beyond it is delivered. */
export interface UnsettledGap {
  readonly after: number;
  /** Facts that wait behind it. */
  readonly waiting: number;
}

/** The connections of one process. */
export interface PoolStatus {
  readonly process: string;
  readonly size: number;
  readonly busy: number;
  /** Who waits for one; known only to the process itself. */
  readonly waiting?: number;
}

/** How the post office of one log is. */
export interface PostOfficeStatus {
  readonly end: number;
  readonly floor: number;
  readonly relays: number;
  readonly lanes: readonly LaneStatus[];
  readonly requests: readonly RequestStatus[];
  /** Open for a second or longer, or hidden. */
  readonly appenders: readonly AppenderStatus[];
  readonly gap: UnsettledGap | null;
  readonly pools: readonly PoolStatus[];
}
