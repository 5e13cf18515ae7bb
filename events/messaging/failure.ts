/** Whose fault a failed batch is; decides whether an attempt is spent. */
export type Fault = 'fenced' | 'conflict' | 'outage' | 'event';

/** The lane was moved on by another worker: nothing failed, this worker must look again. */
export class Fenced extends Error {
  constructor(subscriber: string) {
    super(`another worker has moved ${subscriber} on`);
    this.name = 'Fenced';
  }
}

/** A handler was still running when its time was over. */
export class HandlerTimedOut extends Error {
  constructor(subscriber: string, milliseconds: number) {
    super(`${subscriber} was still running after ${milliseconds} ms`);
    this.name = 'HandlerTimedOut';
  }
}

/** A handler failed on one event, which is known: nobody else of the batch has to be suspected. */
export class HandlerFailed extends Error {
  readonly eventId: string;

  constructor(eventId: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'HandlerFailed';
    this.eventId = eventId;
  }
}

const CONFLICTS = new Set(['40001', '40P01', '55P03']);
const OUTAGE_CODES =
  /^(57P0\d|57014|25P03|08(?!P01)\w{3}|53\w{3}|ECONN\w+|EPIPE|ETIMEDOUT|ENOENT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const OUTAGE_MESSAGES =
  /connection (terminated|ended)|not queryable|timeout exceeded when trying to connect|read timeout/i;

/** 08P01 is not an outage: PostgreSQL answers it to a NUL byte, and a retry would loop for ever. */
export function faultOf(error: unknown): Fault {
  for (const cause of causes(error)) {
    if (cause instanceof Fenced) return 'fenced';
    if (cause.name === 'OptimisticLockError') return 'conflict';
    const code = 'code' in cause ? String(cause.code) : '';
    if (CONFLICTS.has(code)) return 'conflict';
    if (OUTAGE_CODES.test(code) || OUTAGE_MESSAGES.test(cause.message)) return 'outage';
  }
  return 'event';
}

const LONGEST = 2_000;

/** An error as text that any log and any table can hold. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  return withoutRows(text).slice(0, LONGEST).toWellFormed().replaceAll('\0', '\u2400');
}

/** PostgreSQL quotes the row that it refuses, and with it persons and secrets; MikroORM makes that part of the message. */
export const withoutRows = (text: string): string => text.replaceAll(/\n - detail: [^]*?(?=\n {4}at |$)/g, '');

function* causes(error: unknown): Generator<Error> {
  for (let cause = error; cause instanceof Error; cause = cause.cause) yield cause;
}

/** What is said of an event that its handler did not live to fail on. */
export const PROCESS_ENDED = 'the process ended while this event was being handled';
