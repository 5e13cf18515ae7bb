import { expect, test } from 'vitest';
import { chanceOf } from '../proofs/support/chance.ts';
import { createDatabase } from '../support/database.ts';
import { dropCommitReplies } from './faults/lines.ts';
import { terminateBackend } from './faults/backends.ts';
import { killProducer, killWorker } from './faults/processes.ts';
import { histories } from './office/context.ts';
import { rageOn } from './scenarios/storm.ts';
import { isKept } from './verdict.ts';

test('kills, terminated backends and lost replies to commits lose nothing, and nothing happens twice', async () => {
  await using database = await createDatabase(histories);
  const storm = {
    staffing: { workers: 2, pause: 60 },
    faults: [terminateBackend, dropCommitReplies, killWorker, killProducer],
    every: 50,
    recovery: Number.POSITIVE_INFINITY,
  };
  const circumstances = { chance: chanceOf(1), duration: 0, signal: new AbortController().signal };
  const { checks } = await rageOn({ database: database.address, admin: database.address }, storm, circumstances);
  expect(checks.filter((check) => !isKept(check))).toEqual([]);
});
