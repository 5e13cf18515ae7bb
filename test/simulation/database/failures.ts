/** An error as the database reports it. */
export class DatabaseError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The connection is gone; what it was doing may have happened or not. */
export class ConnectionLost extends Error {
  constructor() {
    super('Connection terminated unexpectedly');
  }
}

/** Nobody listens where the database should be. */
export class ConnectionRefused extends Error {
  readonly code = 'ECONNREFUSED';

  constructor() {
    super('connect ECONNREFUSED');
  }
}

/** What a lost connection would be to code that does not know the signs of one. */
export class Unrecognised extends Error {}

export const serializationFailure = () =>
  new DatabaseError('40001', 'could not serialize access due to concurrent update');
export const deadlock = () => new DatabaseError('40P01', 'deadlock detected');
export const lockTimeout = () => new DatabaseError('55P03', 'canceling statement due to lock timeout');
export const uniqueViolation = (key: string) => new DatabaseError('23505', `duplicate key value ${key}`);
export const notNullViolation = () => new DatabaseError('23502', 'null value in column "from_position"');
export const inFailedTransaction = () => new DatabaseError('25P02', 'current transaction is aborted');

/** Whether an error is of the kinds that this world brings about. */
export const isOfThisWorld = (error: unknown): boolean =>
  [DatabaseError, ConnectionLost, ConnectionRefused, Unrecognised].some((kind) => error instanceof kind);
