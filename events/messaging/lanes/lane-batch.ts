import type { EventCodec } from '../facts/codec.ts';
import { ENDED_WHILE_HANDLED } from './failure.ts';
import { opening } from './fault.ts';
import { handleAll, limitOf } from './handling.ts';
import type { LaneSettings } from './lane-settings.ts';
import type { Beginning, BUSY, Lane, LaneBatch, LaneStorage, Stride } from './lane-storage.ts';
import { isSame, type LogPosition, type RecordedEvent, type ServerRun } from '../log/log.ts';
import type { Observer } from '../watching/observer.ts';
import { park, sortOut } from '../parking/parking.ts';
import { Processing } from '../watching/processing.ts';
import type { Subscriber } from './subscriber.ts';
import type { Timing } from '../timing.ts';
import type { Tracing } from '../watching/tracing.ts';

export interface BatchDependencies<Scope> {
  readonly subscriber: Subscriber<Scope>;
  readonly storage: LaneStorage<Scope>;
  readonly codec: EventCodec;
  readonly timing: Timing;
  readonly settings: LaneSettings;
  readonly observer: Observer;
  readonly tracing?: Tracing | undefined;
}

/** Events to be handled in one transaction, which brings the lane from one position to another. */
export interface BatchPlan {
  readonly events: readonly RecordedEvent[];
  readonly from: LogPosition;
  readonly to: LogPosition;
  /** Who the events were read from; nobody where there are none. */
  readonly server: ServerRun | undefined;
  /** The only event is put on record before it is handled. */
  readonly isTrial: boolean;
  /** Begins without a look at the lane. */
  readonly stride?: Stride | undefined;
  /** Costs so little that nobody minds waiting for it. */
  readonly isLight: boolean;
}

/** What a batch that was committed came to. */
export interface Delivered {
  readonly handled: readonly RecordedEvent[];
  readonly handlerMilliseconds: number;
  readonly hasParked: boolean;
  /** The process that handled the only event before did not live to see its end. */
  readonly hasCrashed: boolean;
  /** Who has committed it, where the lane is clear. */
  readonly clearOn?: ServerRun | undefined;
  readonly recorded: { at?: Date };
}

/** Nothing was done: another works the lane, it or the log is not where it was thought to be, or an event must be tried alone first. */
export type NotDelivered = typeof BUSY | 'moved' | { readonly suspect: string };

/** Handles events in one transaction of their lane, in which its position moves as well. @throws whatever fails in it */
export async function deliverBatch<Scope>(
  of: BatchDependencies<Scope>,
  lane: Lane,
  plan: BatchPlan,
): Promise<Delivered | NotDelivered> {
  const delivered = await endingSpans((spans) =>
    opening((onOpened) => {
      const deliver = (batch: LaneBatch<Scope>) => {
        onOpened();
        return deliverIn(batch, of, lane, plan, spans);
      };
      return of.storage.inBatch(lane, deliver, beginningOf(plan));
    }),
  );
  if (isDelivered(delivered) && delivered.hasCrashed)
    of.observer.parked?.({ lane, event: plan.events[0]!, error: ENDED_WHILE_HANDLED });
  return delivered;
}

function beginningOf({ events: [first], isTrial, stride, isLight }: BatchPlan): Beginning | undefined {
  if (isTrial && first) return { trial: first };
  return stride && { stride, isLight };
}

async function deliverIn<Scope>(
  batch: LaneBatch<Scope>,
  of: BatchDependencies<Scope>,
  lane: Lane,
  { events, from, to, server = batch.server, isTrial }: BatchPlan,
  spans: Spans,
): Promise<Delivered | NotDelivered> {
  if (!isSame(batch.at, from) || batch.pausedBecause !== null) return 'moved';
  if (batch.server !== server) return 'moved';
  const suspect = events.find(({ position }) => position === batch.suspectAt);
  if (suspect && !isTrial) return { suspect: suspect.id };
  const recorded: Delivered['recorded'] = {};
  batch.advanceTo(to, (at) => (recorded.at = at));
  if (batch.earlierStarts > 0) {
    park(batch, events[0]!, ENDED_WHILE_HANDLED, of);
    return { ...NOTHING_HANDLED, hasParked: true, hasCrashed: true };
  }
  const { ready, decoded } = await sortOut(batch, events, of.codec);
  const hasParked = ready.length < events.length;
  const end = {
    ...NOTHING_HANDLED,
    recorded,
    hasParked,
    clearOn: batch.isClear && !hasParked ? batch.server : undefined,
  };
  if (ready.length === 0) return end;
  spans.processing = of.tracing && new Processing(of.subscriber, decoded, of.tracing);
  const began = of.timing.now();
  await handleAll(of.subscriber, batch, decoded, { ...limitOf(lane, of), processing: spans.processing });
  return { ...end, handled: ready, handlerMilliseconds: of.timing.now() - began };
}

export const isDelivered = (batch: Delivered | NotDelivered): batch is Delivered =>
  typeof batch === 'object' && 'handled' in batch;

const NOTHING_HANDLED: Delivered = {
  handled: [],
  handlerMilliseconds: 0,
  hasParked: false,
  hasCrashed: false,
  recorded: {},
};

interface Spans {
  processing?: Processing | undefined;
}

/** What a batch processed is processed when it is committed. */
async function endingSpans<Result>(run: (spans: Spans) => Promise<Result>): Promise<Result> {
  const spans: Spans = {};
  try {
    const result = await run(spans);
    spans.processing?.end();
    return result;
  } catch (error) {
    spans.processing?.end(error);
    throw error;
  }
}
