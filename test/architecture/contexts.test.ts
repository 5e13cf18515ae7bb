import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { doors } from '#app/contexts';

/** What belongs to a context beside its own code; `{name}` is the context's. */
const BELONGINGS = [
  'contexts/{name}/index.ts',
  'contexts/{name}/ports.ts',
  'contexts/{name}/README.md',
  'contexts/{name}/adapters/in-memory/index.ts',
  'contexts/{name}/adapters/mikro-orm/index.ts',
  'migrations/{name}/index.ts',
  'events/{name}.ts',
  'test/contexts/{name}.test.ts',
];

const HALF_A_PAGE = 60;

const foldersIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();

const contexts = foldersIn('contexts');

const findMissing = (names: readonly string[], exists: (path: string) => boolean) =>
  names.flatMap((name) => BELONGINGS.map((path) => path.replaceAll('{name}', name)).filter((path) => !exists(path)));

describe('every context', () => {
  test('is known to the application', () => {
    expect(Object.keys(doors).toSorted()).toEqual(contexts);
  });

  test('has its doors, its migrations, its facts, its tests and its half page', () => {
    expect(findMissing(contexts, existsSync)).toEqual([]);
  });

  test('is missed when something of it is not there', () => {
    expect(findMissing(['billing'], (path) => !path.startsWith('migrations/'))).toEqual([
      'migrations/billing/index.ts',
    ]);
  });

  test.each(contexts)('%s keeps its README to half a page', (name) => {
    expect(readFileSync(`contexts/${name}/README.md`, 'utf8').split('\n').length).toBeLessThanOrEqual(HALF_A_PAGE);
  });

  test('has migrations numbered without a hole, in their order', () => {
    for (const [name, { migrations }] of Object.entries(doors)) {
      const files = readdirSync(`migrations/${name}`)
        .filter((file) => file !== 'index.ts')
        .toSorted();
      expect(migrations.map((migration) => `${migration.name}.ts`)).toEqual(files);
      expect(files.map((file) => Number(file.slice(0, 4)))).toEqual(files.map((_, at) => at + 1));
    }
  });
});
