import { realTiming, type Timing } from './timing.ts';

/** The result, or an error once the time is over; what was started is not stopped. */
export async function within<Result>(
  milliseconds: number,
  running: Promise<Result>,
  late: () => Error,
  timing: Timing = realTiming,
): Promise<Result> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const callOff = timing.after(milliseconds, () => reject(late()));
  try {
    return await Promise.race([running, expired]);
  } finally {
    callOff();
  }
}
