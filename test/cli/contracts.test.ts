import { expect, test } from 'vitest';
import { histories } from '#app/contexts';
import { createDatabase } from '../support/database.ts';
import { runCommand } from './command-line.ts';

test('contracts check --against comes to its end in a log with gaps, and says how far it is of its positions', async () => {
  await using database = await createDatabase(histories);
  const append = () =>
    database.query(`
      insert into messaging.log (id, type, version, tenant_id, data, occurred_at, correlation_id, causation_id, actor, source)
      values (gen_random_uuid(), 'accounts.CustomerErased', 1, 'default', json_build_object('customerId', gen_random_uuid()),
              now(), gen_random_uuid(), gen_random_uuid(), 'test', 'test')`);
  await append();
  await database.query(`select setval('messaging.log_position_seq', 56)`);
  await append();
  const { out, error } = await runCommand(database.address, 'contracts', 'check', '--against');
  expect(out).toContain('2 stored facts: 2 can be read, 0 cannot');
  expect(error).toMatch(/^log: 57 of 57, .*\nparked: 0 of 0, .*\nscheduled: 0 of 0, .*\n$/);
});
