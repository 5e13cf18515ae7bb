import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { doors } from '#app/contexts';
import { deskMigrations } from '#migrations/messaging/desk';
import { logMigrations } from '#migrations/messaging/log';
import { expectNone } from '../support/expect-none.ts';
import { readSource } from './source.ts';

/** What belongs to a context beside its own code: at least one file each; `{name}` is the context's. */
const BELONGINGS = [
  'contexts/{name}/index.ts',
  'contexts/{name}/ports.ts',
  'contexts/{name}/README.md',
  'contexts/{name}/adapters/in-memory/index.ts',
  'contexts/{name}/adapters/mikro-orm/index.ts',
  'migrations/{name}/index.ts',
  'events/{name}.ts',
  'test/contexts/{name}/*.test.ts',
];

const HALF_A_PAGE = 60;

/** Migrations of the desk stand in one journal with those of a context. */
const OF_DESK = /^messaging_/;

const foldersIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();

const contexts = foldersIn('contexts');

const NEEDS_A_DOOR =
  'every folder of contexts/ has a line in app/contexts.ts, and every line a folder; one is missing for';

/** Those that only one of both lists names. */
const findUnmatched = (some: readonly string[], others: readonly string[]) => [
  ...new Set(some).symmetricDifference(new Set(others)),
];

const findMissing = (names: readonly string[], isThere: (pattern: string) => boolean) =>
  names.flatMap((name) => BELONGINGS.map((path) => path.replaceAll('{name}', name)).filter((path) => !isThere(path)));

describe('every context', () => {
  test('is known to the application', () => {
    expectNone(NEEDS_A_DOOR, findUnmatched(Object.keys(doors), contexts));
  });

  test('is missed when the application does not know it', () => {
    expect(findUnmatched(['billing', 'gone'], ['billing', 'desk'])).toEqual(['gone', 'desk']);
  });

  test('is stored under its own name, however it is stored', () => {
    const names = Object.entries(doors).map(([name, { inMemory, mikroOrm }]) => [
      name,
      inMemory.context,
      mikroOrm.context,
    ]);
    expectNone(
      'a line of app/contexts.ts and both adapters have one name, but these differ',
      names.filter((own) => new Set(own).size > 1).map((own) => own.join(', ')),
    );
  });

  test('has its facts in the published language', () => {
    const { imports } = readSource('events/registry.ts');
    expectNone(
      'every file of events/ is listed in events/registry.ts, but not',
      contexts.map((name) => `events/${name}.ts`).filter((path) => !imports.includes(path)),
    );
  });

  test('has its doors, its migrations, its facts, its tests and its half page', () => {
    const isThere = (pattern: string) => globSync(pattern).length > 0;
    expectNone('every context has these files, but there is no', findMissing(contexts, isThere));
  });

  test('is missed when something of it is not there', () => {
    expect(findMissing(['billing'], (path) => !path.startsWith('migrations/'))).toEqual([
      'migrations/billing/index.ts',
    ]);
  });

  test.each(contexts.filter((name) => existsSync(`contexts/${name}/README.md`)))(
    '%s keeps its README to half a page',
    (name) => {
      expect(readFileSync(`contexts/${name}/README.md`, 'utf8').split('\n').length).toBeLessThanOrEqual(HALF_A_PAGE);
    },
  );

  test('has migrations numbered without a hole, in their order', () => {
    const histories = {
      ...doors,
      'messaging/log': { migrations: logMigrations },
      'messaging/desk': { migrations: deskMigrations },
    };
    for (const [name, { migrations }] of Object.entries(histories)) {
      const files = readdirSync(`migrations/${name}`)
        .filter((file) => file !== 'index.ts')
        .toSorted();
      expect(
        migrations.map((migration) => `${migration.name.replace(OF_DESK, '')}.ts`),
        `migrations/${name}/index.ts lists every file beside it, in order`,
      ).toEqual(files);
      expect(
        files.map((file) => Number(file.slice(0, 4))),
        `the files of migrations/${name}/ are numbered from 0001 without a hole`,
      ).toEqual(files.map((_, at) => at + 1));
    }
  });
});
