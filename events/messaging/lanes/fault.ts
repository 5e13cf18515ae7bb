import { reasonOf } from '../reason-of.ts';
import { causes, Fenced } from './failure.ts';

/** Whose fault a failed batch is; decides whether an attempt is spent. */
export type Fault = 'fenced' | 'conflict' | 'outage' | 'event';

/** An outage that no event can have brought about. */
abstract class ForeignOutage extends Error {
  constructor(what: string, cause: unknown) {
    super(`${what}: ${reasonOf(cause)}`, { cause });
  }
}

/** A transaction could not be opened: whatever is the matter, it is not what was to be done in it. */
export class NotOpened extends ForeignOutage {
  constructor(cause: unknown) {
    super('no transaction could be opened', cause);
    this.name = 'NotOpened';
  }
}

/** Transactions that left as one lost their connection, or had no answer: that is the fault of none of them. */
export class LostTogether extends ForeignOutage {
  constructor(cause: unknown) {
    super('several transactions left together, and it is not known what became of them', cause);
    this.name = 'LostTogether';
  }
}

/** lock_not_available: `lock_timeout` was over. */
export const LOCK_TIMED_OUT = '55P03';
const CONFLICTS = new Set(['40001', '40P01', LOCK_TIMED_OUT]);
/** 08P01 is none: PostgreSQL answers it to a NUL byte. */
const LOST_CONNECTION = /^(57P0\d|25P03|08(?!P01)\w{3}|ECONN\w+|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|EHOST\w+|ENET\w+)$/;
const LOST_CONNECTION_MESSAGES =
  /Connection (terminated|ended)|is not queryable|timeout exceeded when trying to connect|timeout expired/;
/** The line may be slow, or the statement: that an answer came in the end tells nothing. */
const NO_ANSWER_YET = /Query read timeout/;
/** 53400 is none: one statement wanted more than it may have. */
const EXHAUSTED = /^53(?!400)\w{3}$/;
const DISK_FULL = '53100';

/** Judged by the outermost error that says anything. */
export function faultOf(error: unknown): Fault {
  for (const cause of causes(error)) {
    const fault = signOf(cause);
    if (fault) return fault;
  }
  return 'event';
}

/** Errors of connections to somewhere else. */
const ofOthers = new WeakSet<Error>();

/** A transaction ended with this error, and its connection has answered since: if a connection was lost, it was another one. */
export function noteAnswered(error: unknown): void {
  for (const cause of causes(error)) ofOthers.add(cause);
}

/**
 * Runs what opens a transaction and says when it has.
 * @throws {NotOpened} whatever failed before that, unless others were in the way
 */
export async function opening<Result>(run: (onOpened: () => void) => Promise<Result>): Promise<Result> {
  let isOpen = false;
  try {
    return await run(() => void (isOpen = true));
  } catch (error) {
    const fault = faultOf(error);
    const isSaid = error instanceof NotOpened || fault === 'conflict' || fault === 'fenced';
    throw isOpen || isSaid ? error : new NotOpened(error);
  }
}

/** Whether an outage, met again and again, may be what an event brings about: a full disk is not, nor what ends before it begins. */
export const mayBeBroughtAbout = (error: unknown): boolean =>
  !causes(error).some((cause) => cause instanceof ForeignOutage || codeOf(cause) === DISK_FULL);

function signOf(error: Error): Fault | undefined {
  if (error instanceof Fenced) return 'fenced';
  if (error.name === 'OptimisticLockError' || CONFLICTS.has(codeOf(error))) return 'conflict';
  return isOutage(error) ? 'outage' : undefined;
}

const isOutage = (error: Error): boolean =>
  error instanceof ForeignOutage ||
  EXHAUSTED.test(codeOf(error)) ||
  NO_ANSWER_YET.test(error.message) ||
  (isLostConnection(error) && !ofOthers.has(error));

/** A file that is not there has the code of a socket that is not there. */
const isLostConnection = (error: Error): boolean =>
  LOST_CONNECTION.test(codeOf(error)) ||
  LOST_CONNECTION_MESSAGES.test(error.message) ||
  (codeOf(error) === 'ENOENT' && 'syscall' in error && error.syscall === 'connect');

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');
