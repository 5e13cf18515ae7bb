import pg from 'pg';
import { expect, test } from 'vitest';
import { histories } from '#app/contexts';
import { untilBlocked } from '../support/blocked.ts';
import { createDatabase } from '../support/database.ts';
import { openLine } from '../support/line.ts';
import { runCommand } from './command-line.ts';

test('a command that loses its database says so in one line, and what to do', async () => {
  await using database = await createDatabase(histories);
  await using line = await openLine(database.address);
  const holder = new pg.Client(database.address);
  await holder.connect();
  await holder.query('begin; lock table billing.request in access exclusive mode');
  const listing = runCommand(line.address, 'events', 'requests', 'list');
  await untilBlocked(database, 1);
  line.hangUp();
  expect(await listing).toMatchObject({
    code: 1,
    out: '',
    error: expect.stringMatching(
      /^microlith: the database was lost: Connection terminated unexpectedly\. What was committed before that is kept: .*events status.*\n$/,
    ),
  });
  await holder.end();
});
