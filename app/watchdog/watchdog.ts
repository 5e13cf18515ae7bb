import { url as debuggerUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Observer } from '#events/messaging/watching/observer';
import { UnderWay } from './under-way.ts';

/** A thread that ends this process when its event loop stands still, so that one handler cannot hold up everybody. */
export interface Watchdog extends Disposable {
  /** Told what is being handled, which is what the watchdog blames. */
  readonly observer: Observer;
  /** Where the blamed event is written down, so that it is tried alone after the restart. */
  noteIn(database: DatabaseAddress): void;
}

export interface WatchdogOrder {
  readonly memory: SharedArrayBuffer;
  /** Milliseconds. */
  readonly blockedAfter: number;
}

/** Milliseconds. */
const TURN_EVERY = 100;

/** Blocked for longer than this, milliseconds, the process ends by SIGKILL; 0: never, and never while it is debugged. */
export function startWatchdog(blockedAfter: number): Watchdog {
  if (blockedAfter === 0 || debuggerUrl()) return asleep;
  const underWay = new UnderWay();
  const order: WatchdogOrder = { memory: underWay.memory, blockedAfter };
  const thread = new Worker(new URL('./thread.ts', import.meta.url), { workerData: order, execArgv: [] });
  thread.unref();
  const turning = setInterval(() => underWay.turn(), TURN_EVERY).unref();
  const callOff = () => void thread.terminate();
  // A process that ends turns no more, and what it compiled may take seconds to write down.
  process.once('exit', callOff);
  return {
    observer: { handling: ({ lane, eventId }) => underWay.mark(lane.subscriber, eventId) },
    noteIn: (database) => thread.postMessage(database, []),
    [Symbol.dispose]() {
      clearInterval(turning);
      process.off('exit', callOff);
      callOff();
    },
  };
}

const asleep: Watchdog = { observer: {}, noteIn: () => undefined, [Symbol.dispose]: () => undefined };
