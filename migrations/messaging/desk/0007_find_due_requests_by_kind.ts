import type { Migration } from '../../migration.ts';

/** Requests are leased kind by kind: behind many of one kind those of another are found at once, and the dead are not passed over. */
export const findDueRequestsByKind: Migration = {
  name: 'messaging_0007_find_due_requests_by_kind',
  sql: (schema) => `
    drop index ${schema}.request_due;
    create index request_due on ${schema}.request (kind, due_at) where state = 'pending' and not is_dead;
  `,
};
