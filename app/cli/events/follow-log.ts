import type { Bell } from '#events/messaging/bell';
import { ConnectionLost } from '#events/messaging/adapters/postgresql/log/reader-connection';
import { faultOf } from '#events/messaging/lanes/fault';
import { BEGINNING, type LogSource, type RecordedEvent } from '#events/messaging/log/log';
import { SettledReader } from '#events/messaging/log/settled-reader';
import { reasonOf } from '#events/messaging/reason-of';
import { realTiming } from '#events/messaging/timing';

export interface Following {
  readonly source: LogSource;
  readonly bell: Bell;
  readonly fromBeginning: boolean;
  /** Where to begin is known; that takes as long as somebody appends. */
  readonly onBegun: () => void;
  readonly onEvents: (events: readonly RecordedEvent[]) => void;
  /** Told when the database is lost, and when it is there again. */
  readonly say: (what: string) => void;
  /** Whoever aborts it retires the bell as well. */
  readonly signal: AbortSignal;
}

const POLL = 1_000;
const HELD_BACK_REST = 5;
const OUTAGE_REST = 1_000;

/**
 * Gives events as they settle, until it is told to stop. Where the database is lost it is asked again, and read on where it
 * was. @throws {LogMoved} when that is not there any more
 */
export async function followLog({
  source,
  bell,
  fromBeginning,
  onBegun,
  onEvents,
  say,
  signal,
}: Following): Promise<void> {
  const reader = new SettledReader(source, realTiming);
  let hasBegun = false;
  const begin = async () => {
    reader.startAt(fromBeginning ? { ...BEGINNING, position: await source.floor() } : await reader.findEnd(signal));
    hasBegun = true;
    onBegun();
  };
  let isLost = false;
  while (!signal.aborted) {
    try {
      if (!hasBegun) await begin();
      const { position } = reader.anchor;
      const page = await reader.next();
      if (isLost) say(`the database is there again: reading on after position ${position}`);
      isLost = false;
      if (page) onEvents(page.events);
      else await bell.wait(reader.isHeldBack ? HELD_BACK_REST : POLL);
    } catch (error) {
      if (error === signal.reason) return;
      if (!isOutage(error)) throw error;
      if (!isLost) say(`the database is lost, and asked again every second: ${reasonOf(error)}`);
      isLost = true;
      reader.forgetProofs();
      await bell.wait(OUTAGE_REST);
    }
  }
}

const isOutage = (error: unknown): error is Error => error instanceof ConnectionLost || faultOf(error) === 'outage';
