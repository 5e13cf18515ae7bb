import type { Migration } from '../../migration.ts';

/**
 * Whoever owns the log may only append to it, by its named columns: no position is chosen, nothing is changed, and nothing is
 * written past the log's table, whose lock tells who is appending. What is forbidden to an owner is kept from accidents, not from
 * malice, and nothing is forbidden to a superuser.
 */
export const appendOnly: Migration = {
  name: '0004_append_only',
  sql: (schema) => `
    revoke insert, update, delete, truncate on ${schema}.log from current_user;
    grant insert (id, type, version, tenant_id, key, data, occurred_at, correlation_id, causation_id, traceparent, actor, source)
      on ${schema}.log to current_user;
    do $$
    declare partition regclass;
    begin
      for partition in select inhrelid::regclass from pg_inherits where inhparent = '${schema}.log'::regclass loop
        execute format('revoke insert, update, delete, truncate on %s from current_user', partition);
      end loop;
    end $$;
  `,
};
