import type { Observer } from '#events/messaging/watching/observer';
import { describeError } from '#events/messaging/lanes/failure';
import type { Logger } from './logging.ts';

/** A race that is lost now and then is no news. */
const MANY_RACES = 5;

/** What the relay says in the log: a line per batch at debug, what needs a person at warn and error, nothing per event. */
export const loggingObserver = (logger: Logger): Observer => ({
  handled: ({ lane, events, milliseconds }) =>
    logger.debug({ lane: lane.subscriber, events: events.length, ms: Math.round(milliseconds) }, 'handled a batch'),
  failed: ({ lane, fault, events, error, inARow }) =>
    logger[fault === 'conflict' && inARow < MANY_RACES ? 'debug' : 'warn'](
      { lane: lane.subscriber, fault, events, inARow, error: describeError(error) },
      'a batch failed and was undone',
    ),
  parked: ({ lane, event, error }) =>
    logger.warn(
      { lane: lane.subscriber, event: event.id, type: event.type, key: event.key, error },
      'an event was parked, and is tried again by itself',
    ),
  retried({ lane: { subscriber: lane }, event: { id: event }, outcome }) {
    if (outcome === 'dead')
      logger.error({ lane, event, todo: lookAt(event) }, 'a parked event is dead: nobody tries it');
    else logger.debug({ lane, event, outcome }, 'a parked event was tried again');
  },
  called({ kind, id, outcome, milliseconds }) {
    if (outcome === 'failed') logger.debug({ kind, id, ms: Math.round(milliseconds) }, 'a call to the outside failed');
  },
  recorded({ kind, id, outcome }) {
    if (outcome === 'dead')
      logger.error({ kind, id }, 'how a request ended cannot be recorded: it waits for an operator');
    if (outcome === 'given-up') logger.warn({ kind, id }, 'a request was given up: all its calls failed');
  },
  paused: ({ lane, reason }) =>
    logger.error({ lane: lane.subscriber, reason }, 'a lane has paused and waits for an operator'),
  logMoved: ({ error }) =>
    logger.error({ err: error }, 'the log is not the one that was read: lanes that lost their place pause'),
  disturbed: ({ error }) => logger.warn({ error: describeError(error) }, 'the relay was disturbed'),
});

const lookAt = (event: string): string =>
  `see why: npx microlith events parked show ${event}; mend the cause, then: npx microlith events parked retry ${event} --reason …`;

/** All of them hear everything. */
export function combineObservers(observers: readonly Observer[]): Observer {
  const names = [...new Set(observers.flatMap((observer) => Object.keys(observer)))] as (keyof Observer)[];
  const tellAll = (name: keyof Observer) => (report: never) => {
    for (const observer of observers) observer[name]?.(report);
  };
  return Object.fromEntries(names.map((name) => [name, tellAll(name)]));
}
