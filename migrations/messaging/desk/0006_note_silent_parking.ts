import type { Migration } from '../../migration.ts';

/** Which events were parked while history was handled again without new calls to the outside: they make none either. */
export const noteSilentParking: Migration = {
  name: 'messaging_0006_note_silent_parking',
  sql: (schema) => `alter table ${schema}.parked add column is_silent boolean not null default false;`,
};
