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

const LONGEST = 2_000;

/** An error as text that any log and any table can hold. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  return withoutRows(text).slice(0, LONGEST).toWellFormed().replaceAll('\0', '\u2400');
}

/** PostgreSQL quotes the row that it refuses, and with it persons and secrets; MikroORM makes that part of the message. */
export const withoutRows = (text: string): string => text.replaceAll(/\n - detail: [^]*?(?=\n {4}at |$)/g, '');

/** An error and what brought it about, the innermost last. Each once: nothing keeps errors from naming each other as their cause. */
export function* causes(error: unknown): Generator<Error> {
  const seen = new Set<Error>();
  for (let cause = error; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    seen.add(cause);
    yield cause;
  }
}

/** What is said of an event that its handler did not live to fail on. */
export const ENDED_WHILE_HANDLED = 'the process ended while this event was being handled';
