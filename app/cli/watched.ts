import type { Onlooker } from '#events/messaging/adapters/postgresql/operations/onlooker';
import { progressOn, silent, type Stage } from '../progress.ts';
import { CommandFailed } from './command-failed.ts';
import { onSignal } from './signals.ts';

/** What a long operation came to, and what is to be said when it did not come to its end. */
export interface Outcome<Result> {
  readonly result: Result;
  readonly stopped: CommandFailed | undefined;
}

/**
 * Runs what may take long: shows on a terminal how far it is; Ctrl-C ends it before its next portion, and a second one at once.
 * What is said then is the caller's to know.
 * @throws {CommandFailed} where it was stopped and has no result yet
 */
export async function watched<Result>(
  what: string,
  work: (onlooker: Onlooker) => Promise<Result>,
  whenStopped = KEPT,
): Promise<Outcome<Result>> {
  const stop = new AbortController();
  let stopped: CommandFailed | undefined;
  const release = onSignal((exitCode) => {
    if (stopped) process.exit(exitCode);
    stopped = new CommandFailed(whenStopped, exitCode);
    stop.abort(stopped);
  });
  const screen = process.stderr.isTTY ? progressOn(process.stderr) : silent;
  let stage: Stage | undefined;
  const progress = (done: number, of: number) => (stage ??= screen.begin(what, of)).reach(done);
  try {
    const result = await work({ progress, signal: stop.signal });
    return { result, stopped };
  } finally {
    stage?.end();
    release();
  }
}

const KEPT = 'stopped before its end; what was done is kept, and the command can be given again for the rest';

/** Of what only counts, or counts before it changes anything. */
export const UNCHANGED = 'stopped before its end; nothing was changed, and not everything was counted';
