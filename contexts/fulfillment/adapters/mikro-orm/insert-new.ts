import type { EntityManager, EntityName, RequiredEntityData } from '@mikro-orm/postgresql';

/** Inserts a row at once unless there is one with its key, waiting for whoever is just inserting it; tells whether it was new. */
export async function insertNew<Row extends object>(
  em: EntityManager,
  entity: EntityName<Row>,
  row: RequiredEntityData<Row>,
): Promise<boolean> {
  const { affectedRows } = await em.createQueryBuilder(entity).insert(row).onConflict().ignore().execute('run');
  return affectedRows > 0;
}
