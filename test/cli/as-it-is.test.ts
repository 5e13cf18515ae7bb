import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { doors, histories } from '#app/contexts';
import { contextHistory, type SchemaHistory } from '#app/persistence/migrate';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { runCommand } from './command-line.ts';

const ID = '00000000-0000-7000-8000-000000000000';
const because = ['--reason', 'a test'];
const commands = [
  ['trace', ID],
  ['events', 'status'],
  ['events', 'show', ID],
  ['events', 'parked', 'list'],
  ['events', 'requests', 'list'],
  ['events', 'replay', 'billing.billOrders', '--from', '1', '--dry-run'],
  ['events', 'pause', 'billing.billOrders', ...because],
  ['events', 'prune', ...because],
];

describe.each<[string, readonly SchemaHistory[], RegExp]>([
  ['holds no log', [], /^microlith: the database test_\w+ holds no log: is it the right one\?\n$/],
  [
    'is older than the code',
    withoutLast('billing', 'notifications'),
    /^microlith: the database test_\w+ lacks 2 migrations of this code: start a server of it first, or use the command line of the code that runs\. Missing: billing\/\w+, notifications\/\w+\n$/,
  ],
])('a database that %s', (_what, history, error) => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await createDatabase(history)));
  afterAll(() => database[Symbol.asyncDispose]());

  const relations = () => database.query('select oid::regclass::text from pg_class order by oid');

  test.each(commands.map((words) => [words.join(' '), words] as const))(
    'is left as it is by %s',
    async (_name, words) => {
      const before = await relations();
      expect(await runCommand(database.address, ...words)).toMatchObject({
        code: 1,
        out: '',
        error: expect.stringMatching(error),
      });
      expect(await relations()).toEqual(before);
    },
  );
});

test('a database that also holds a context that the code has no more is left as it is, too', async () => {
  const { migrations } = contextHistory('gone', []);
  await using database = await createDatabase([...histories, { schema: 'gone', migrations: migrations.slice(0, 1) }]);
  const { error } = await runCommand(database.address, 'events', 'status');
  expect(error).toContain(`lacks ${migrations.length - 1} migrations of this code`);
  expect(error).toContain(`gone/${migrations[1]!.name}`);
});

function withoutLast(...contexts: readonly string[]): readonly SchemaHistory[] {
  expect(Object.keys(doors)).toEqual(expect.arrayContaining([...contexts]));
  return histories.map(({ schema, migrations }) => ({
    schema,
    migrations: contexts.includes(schema) ? migrations.slice(0, -1) : migrations,
  }));
}
