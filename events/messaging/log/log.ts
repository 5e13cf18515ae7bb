import type { TenantId } from '#shared-kernel/tenant';

/** A fact as the log keeps it. `data` is JSON text. */
export interface RecordedEvent {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly tenantId: TenantId;
  readonly key: string | null;
  readonly data: string;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly correlationId: string;
  readonly causationId: string;
  readonly traceparent: string | null;
  readonly actor: string;
  readonly source: string;
}

/** A fact on its way into the log: everything but what the log itself adds. */
export type EventDraft = Omit<RecordedEvent, 'position' | 'recordedAt'>;

/**
 * A place in the log, proven by the row that stands there. Where the log begins there is no row: at position 0, or at its floor.
 * Such a place is good for as long as nothing behind it is pruned.
 */
export interface LogPosition {
  readonly position: number;
  readonly eventId: string | null;
}

/** Before the first row. */
export const BEGINNING: LogPosition = { position: 0, eventId: null };

/** Where a fact stands. */
export const positionOf = ({ position, id }: Pick<RecordedEvent, 'position' | 'id'>): LogPosition => ({
  position,
  eventId: id,
});

/** The same position, with the same row. */
export const isSame = (a: LogPosition, b: LogPosition): boolean => a.position === b.position && a.eventId === b.eventId;

/**
 * Names one run of one server. After a restart, a failover or a restore it is another, and what was committed last may be gone:
 * what was read from one is not handled on another.
 */
export type ServerRun = string;

/** What one statement saw of the log's end, and who was appending just after. */
export interface AppenderSighting {
  readonly highest: LogPosition;
  readonly appenders: ReadonlySet<string>;
}

/** One connection's view of one log, on the primary. Proofs of one connection say nothing about another. */
export interface LogSource {
  /** Who gave the last answer. */
  readonly server: ServerRun;
  /** Through where positions were drawn when it gave rows last; infinite where that was not asked. */
  readonly drawn: number;
  /** Rows from `from` to `from` + `span`, in order; if there are none past `from`, the next row after it. */
  rows(from: number, span: number): Promise<readonly RecordedEvent[]>;
  /** Everything up to this position was pruned; 0 where nothing was. */
  floor(): Promise<number>;
  /** The last row before a position; the floor, where none is left. */
  lastBefore(position: number): Promise<LogPosition>;
  /** @throws {LogMoved} on a standby */
  sightAppenders(): Promise<AppenderSighting>;
}

/** Positions that a page may span, which all lanes of a process share: bounded, so that few partitions are opened. */
export const LARGEST_PAGE = 4_000;
/** Rows that a lane reads at once for itself alone: there may be many of them. */
export const LARGEST_OWN_PAGE = 2_000;

/** A run of settled rows: nothing can appear in it, or before its end, any more. */
export interface Page {
  readonly after: LogPosition;
  readonly to: LogPosition;
  readonly events: readonly RecordedEvent[];
  readonly server: ServerRun;
}

/** Whether the row at a position is still the one that stood there, or, where none did, nothing behind it was pruned. */
export async function isThere(
  source: Pick<LogSource, 'rows' | 'floor'>,
  { position, eventId }: LogPosition,
): Promise<boolean> {
  if (eventId === null) return position >= (await source.floor());
  const [row] = await source.rows(position, 0);
  return row?.position === position && row.id === eventId;
}

/** The log is not the one that was read before: failover, restore or pruned history. Delivery stops and says so. */
export class LogMoved extends Error {
  constructor(why: string) {
    super(`${why}. Nothing is guessed: see docs/guides/operations.md, "When the log moved"`);
    this.name = 'LogMoved';
  }
}

/** As it is said of a place that is not in the log any more. */
export const moved = ({ position, eventId }: LogPosition): LogMoved =>
  new LogMoved(
    eventId === null
      ? `what came after position ${position} of the log was pruned`
      : `position ${position} of the log is no longer event ${eventId}: it was pruned, or the log went back`,
  );

/** What was known to be settled is not in the log that is read now. The reader of the log finds out by itself why. */
export class FrontierGone extends Error {
  constructor({ position, eventId }: LogPosition) {
    super(`position ${position} of the log, through which it was settled, is no longer event ${eventId}`);
    this.name = 'FrontierGone';
  }
}
