import type { EntityManager } from '@mikro-orm/postgresql';

/**
 * Holds names until the transaction ends, so that of two who are about to insert the same row one waits for the other. A row
 * lock cannot do that: there is no row yet.
 */
export async function hold(em: EntityManager, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await em.execute(
    `select pg_advisory_xact_lock(hashtextextended(name, 0)) from json_array_elements_text(?) as name`,
    [JSON.stringify([...new Set(names)].toSorted())],
    'run',
  );
}
