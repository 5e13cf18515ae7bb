import { expect, test } from 'vitest';
import { logHistory, migrate } from '#app/persistence/migrate';
import { deskMigrations } from '#migrations/messaging';
import { createDatabase } from '../support/database.ts';

test('what a context has left behind that the code no longer has is brought up to date: operators still need it', async () => {
  const [oldest, ...later] = deskMigrations;
  await using database = await createDatabase([logHistory, { schema: 'gone', migrations: [oldest!] }]);
  const missing = later.map(({ name }) => `gone/${name}`);
  expect(await migrate(database.address, [logHistory])).toEqual(missing);
  expect(await migrate(database.address, [logHistory])).toEqual([]);
});
