import type { Migration } from '../../migration.ts';
import { createLog } from './0001_create_log.ts';
import { noteWhenPruned } from './0002_note_when_pruned.ts';
import { findIdsByRange } from './0003_find_ids_by_range.ts';
import { appendOnly } from './0004_append_only.ts';

/** The log of a database, in the schema `messaging`. */
export const logMigrations: readonly Migration[] = [createLog, noteWhenPruned, findIdsByRange, appendOnly];
