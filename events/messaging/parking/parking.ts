import { pauseAfter } from '../lanes/back-off.ts';
import { type EventCodec, NotYetKnown } from '../facts/codec.ts';
import type { DeliveredEvent } from '../facts/event.ts';
import { HandlerFailed } from '../lanes/failure.ts';
import type { LaneSettings } from '../lanes/lane-settings.ts';
import type { BUSY, Lane, LaneBatch, LaneStorage } from '../lanes/lane-storage.ts';
import { isSame, type LogPosition, positionOf, type RecordedEvent } from '../log/log.ts';
import type { Observer } from '../watching/observer.ts';
import type { Timing } from '../timing.ts';

/*
 * The parking rule.
 *
 * Who is parked: an event that fails alone, or whose process did not live to see its end, and one that the code does not know
 * yet. It is kept whole, in the transaction that moves its lane past it: the lane goes on.
 *
 * Who waits: later events of its tenant and key, behind it and in their order. What has no key holds nobody back.
 *
 * Who is tried again: the head of a key, with growing pauses by the clock of the database, and what waits right behind it with it
 * as long as all goes well (parked-retries.ts). After its attempts it is dead: it rests, and its key with it, until an operator
 * acts. Where too much is parked the lane pauses (lane-pause.ts): that is a bug, not a poison.
 */

export interface ParkingDependencies<Scope> {
  readonly storage: Pick<LaneStorage<Scope>, 'inBatch'>;
  readonly settings: LaneSettings;
  readonly timing: Timing;
  readonly observer: Observer;
}

/** Parks an event and moves the lane past it, in one transaction that first looks where the lane is. */
export async function setAside<Scope>(
  of: ParkingDependencies<Scope>,
  lane: Lane,
  { event, from, error }: { readonly event: RecordedEvent; readonly from: LogPosition; readonly error: string },
): Promise<typeof BUSY | 'moved' | 'parked'> {
  const outcome = await of.storage.inBatch(lane, async (batch) => {
    if (!isSame(batch.at, from)) return 'moved';
    park(batch, event, error, of);
    batch.advanceTo(positionOf(event));
    return 'parked';
  });
  if (outcome === 'parked') of.observer.parked?.({ lane, event, error });
  return outcome;
}

/** Parks an event that has failed once. */
export const park = (
  batch: Pick<LaneBatch<never>, 'park'>,
  event: RecordedEvent,
  error: string,
  pace: RetryPace,
): void => batch.park(event, { kind: 'failed', error, restMs: restAfter(1, 'failed', pace) });

/** What of a batch can be handled now, as it was recorded and as it is delivered. */
export interface SortedOut {
  readonly ready: readonly RecordedEvent[];
  readonly decoded: readonly DeliveredEvent[];
}

/** Finds the events of a batch that can be handled now; the others are parked where they stand. */
export async function sortOut<Scope>(
  batch: LaneBatch<Scope>,
  events: readonly RecordedEvent[],
  codec: EventCodec,
): Promise<SortedOut> {
  const blocked = new Set(batch.hasParked ? await batch.findBlocked(events) : []);
  const ready: RecordedEvent[] = [];
  const decoded: DeliveredEvent[] = [];
  for (const event of events) {
    if (blocked.has(event)) batch.park(event, { kind: 'behind' });
    else decodeOrPark(event);
  }
  return { ready, decoded };

  function decodeOrPark(event: RecordedEvent): void {
    try {
      decoded.push(codec.decode(event));
      ready.push(event);
    } catch (error) {
      if (!(error instanceof NotYetKnown)) throw new HandlerFailed(event.id, error);
      batch.park(event, { kind: 'not-yet-known', error: error.message });
      for (const later of followers(events, event)) blocked.add(later);
    }
  }
}

/** The events of a batch that must wait once this one does. */
const followers = (events: readonly RecordedEvent[], { key, tenantId, position }: RecordedEvent) =>
  key === null
    ? []
    : events.filter((later) => later.position > position && later.key === key && later.tenantId === tenantId);

/** How often, and after which pauses, a parked event is tried. */
export interface RetryPace {
  readonly settings: Pick<LaneSettings, 'attempts' | 'retry'>;
  readonly timing: Pick<Timing, 'random'>;
}

/**
 * How long an event rests after so many attempts, milliseconds. Up to the longest, pauses double; they grow fourfold where a try
 * cost others their time: those who waited for a handler that hangs, or lost their process. No faster than that: a process may
 * be killed for reasons of its own, again and again, and then the event is not to wait for minutes.
 */
export const restAfter = (
  attempt: number,
  end: 'failed' | 'hung or crashed',
  { settings, timing }: RetryPace,
): number => pauseAfter(end === 'failed' ? attempt : 2 * attempt - 1, settings.retry, timing);

/** After so many attempts it is tried no more. */
export const isDeadAfter = (attempt: number, { settings }: RetryPace): boolean => attempt >= settings.attempts;
