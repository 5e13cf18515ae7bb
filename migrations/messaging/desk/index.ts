import type { Migration } from '../../migration.ts';
import { createDesk } from './0001_create_desk.ts';
import { noteKeysOfOperations } from './0002_note_keys_of_operations.ts';
import { createRecovered } from './0003_create_recovered.ts';
import { keepEndsOfRequests } from './0004_keep_ends_of_requests.ts';
import { letLedgersGo } from './0005_let_ledgers_go.ts';
import { noteSilentParking } from './0006_note_silent_parking.ts';
import { findDueRequestsByKind } from './0007_find_due_requests_by_kind.ts';

/** What every context's schema holds besides the context's own tables; applied before its own migrations. */
export const deskMigrations: readonly Migration[] = [
  createDesk,
  noteKeysOfOperations,
  createRecovered,
  keepEndsOfRequests,
  letLedgersGo,
  noteSilentParking,
  findDueRequestsByKind,
];
