import { type EntityManager, OptimisticLockError, UniqueConstraintViolationException } from '@mikro-orm/postgresql';

/**
 * Writes what is not written yet, so that a unique index answers here, in the words of the domain. A primary key that
 * somebody else took in the same moment is a lost race: the unit of work looks again.
 * @throws {OptimisticLockError} and what `broken` says of the index that refused
 */
export async function flush(em: EntityManager, broken: Readonly<Record<string, Error>> = {}): Promise<void> {
  try {
    await em.flush();
  } catch (error) {
    throw error instanceof UniqueConstraintViolationException ? meaningOf(error, broken) : error;
  }
}

function meaningOf(
  error: UniqueConstraintViolationException & { constraint?: string },
  broken: Readonly<Record<string, Error>>,
): Error {
  const { constraint = '' } = error;
  if (constraint.endsWith('_pkey')) return OptimisticLockError.lockFailed(constraint);
  return broken[constraint] ?? error;
}
