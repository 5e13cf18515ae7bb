import type { Clock } from '#shared-kernel/clock';
import type { Saying, Telling } from './orders.ts';

/** The order this process was started with. */
export const readOrder = (): unknown => JSON.parse(process.argv[2]!);

/** Tells whoever started this process, if it is still there. */
export const say = (saying: Saying): void => {
  if (process.connected) process.send!(saying, () => undefined);
};

/** Aborted when this process is asked to end. One whose starter is gone ends at once. */
export function untilAskedToEnd(): AbortSignal {
  const asked = new AbortController();
  process.on('SIGTERM', () => asked.abort());
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit());
  return asked.signal;
}

/** A clock that is wrong, and with it everything in this process that asks what time it is; it can be set anew. */
export function wrongClock(clockOffset: number): Clock {
  const right = Date.now;
  let offset = clockOffset;
  Date.now = () => right() + offset;
  process.on('message', (telling: Telling) => void (offset = telling.clockOffset ?? offset));
  return { now: () => new Date(Date.now()) };
}
