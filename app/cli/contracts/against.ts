import {
  openStoredFacts,
  type StoredFacts,
  type StoredLane,
} from '#events/messaging/adapters/postgresql/operations/stored-facts';
import { codec } from '#events/registry';
import { findOrphans, StoredCheck, type Unreadable } from '#events/messaging/facts/stored-check';
import { readCommandConfig } from '../../config.ts';
import { createLogger } from '../../logging.ts';
import { progressOn } from '../../progress.ts';
import { openDatabase } from '../../persistence/database.ts';
import { assertThere } from '../with-host.ts';
import { readHearers } from './hearers.ts';

/** What the code makes of a database. */
export interface StoredVerdict {
  readonly facts: number;
  readonly unreadable: readonly Unreadable[];
  /** Lanes whose subscriber the code does not have. */
  readonly orphans: readonly StoredLane[];
}

/** Reads every fact of the configured database as the code would, and looks for lanes that nobody works. Writes nothing. */
export async function checkStored(mostExamples: number): Promise<StoredVerdict> {
  const config = readCommandConfig();
  assertThere(config);
  const database = await openDatabase(config, createLogger(config));
  try {
    await using stored = await openStoredFacts(database.address);
    return await readAll(stored, mostExamples);
  } finally {
    await database.release();
  }
}

async function readAll(stored: StoredFacts, mostExamples: number): Promise<StoredVerdict> {
  const hearers = await readHearers();
  const check = new StoredCheck(codec, { hearers, lanes: stored.lanes, mostExamples });
  const progress = progressOn(process.stderr);
  for (const place of ['log', 'parked', 'scheduled'] as const) {
    const stage = progress.begin(place, stored.sizes[place]);
    for await (const page of stored.pages(place)) {
      for (const event of page) {
        check.read(place, event);
        if (place === 'log') stage.reach(event.position - stored.floor);
        else stage.advance();
      }
    }
    stage.end();
  }
  return { facts: check.count, unreadable: check.unreadable, orphans: findOrphans(stored.lanes, hearers) };
}
