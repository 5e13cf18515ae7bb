import { ConstraintViolationException, type EntityManager, OptimisticLockError } from '@mikro-orm/postgresql';
import { EmailTaken } from '../../domain/errors.ts';

/** A row was refused. PostgreSQL's own message quotes the row, and with it the person. */
class RowRefused extends Error {
  constructor(constraint: string) {
    super(`accounts: a row was refused by ${constraint}`);
    this.name = 'RowRefused';
  }
}

/**
 * Writes what is not written yet, so that the unique index answers here. A primary key that somebody else took in the
 * same moment is a lost race: the unit of work looks again.
 * @throws {EmailTaken} {@link OptimisticLockError} {@link RowRefused}
 */
export async function flush(em: EntityManager): Promise<void> {
  try {
    await em.flush();
  } catch (error) {
    throw error instanceof ConstraintViolationException ? meaningOf(error) : error;
  }
}

function meaningOf({ constraint = 'a constraint' }: ConstraintViolationException & { constraint?: string }): Error {
  if (constraint === 'customers_email') return new EmailTaken();
  if (constraint.endsWith('_pkey')) return OptimisticLockError.lockFailed(constraint);
  return new RowRefused(constraint);
}
