import type { Migration } from '../migration.ts';
import { createDesk } from './0001_create_desk.ts';
import { createLog } from './0001_create_log.ts';
import { noteKeysOfOperations } from './0002_note_keys_of_operations.ts';
import { noteWhenPruned } from './0002_note_when_pruned.ts';
import { findIdsByRange } from './0003_find_ids_by_range.ts';
import { createRecovered } from './0003_create_recovered.ts';
import { appendOnly } from './0004_append_only.ts';
import { keepEndsOfRequests } from './0004_keep_ends_of_requests.ts';
import { letLedgersGo } from './0005_let_ledgers_go.ts';
import { noteSilentParking } from './0006_note_silent_parking.ts';

/** The log of a database, in the schema `messaging`. */
export const logMigrations: readonly Migration[] = [createLog, noteWhenPruned, findIdsByRange, appendOnly];

/** What every context's schema holds besides the context's own tables; applied before its own migrations. */
export const deskMigrations: readonly Migration[] = [
  createDesk,
  noteKeysOfOperations,
  createRecovered,
  keepEndsOfRequests,
  letLedgersGo,
  noteSilentParking,
];
