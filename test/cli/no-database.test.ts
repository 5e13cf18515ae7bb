import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandIn } from './command-line.ts';

const ID = '00000000-0000-7000-8000-000000000000';
const BOOK = fileURLToPath(new URL('../fixtures/order-book', import.meta.url));
const looking = [
  ['trace', ID],
  ['events', 'status'],
  ['events', 'tail'],
  ['contracts', 'check', '--against'],
];

describe('where there is no database', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'microlith-none-'))));
  afterAll(() => rm(folder, { recursive: true }));

  test.each(looking)('%s %s makes none', async (...words) => {
    const { code, out, error } = await runCommandIn({ MICROLITH_DATA: folder }, ...words);
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(/^microlith: there is no database in .*: set DATABASE_URL or MICROLITH_DATA to one\n$/);
    expect(existsSync(join(folder, 'postgres'))).toBe(false);
  });

  test.each(looking)('%s %s does not look into a memory of its own', async (...words) => {
    expect(await runCommandIn({ MICROLITH_TOPOLOGY: 'memory' }, ...words)).toMatchObject({
      code: 2,
      out: '',
      error: 'microlith: this needs a database; MICROLITH_TOPOLOGY=memory has none\n',
    });
  });

  test('an import into memory is refused: it would be gone with the command', async () => {
    const environment = { MICROLITH_TOPOLOGY: 'memory', MICROLITH_DATA: folder };
    const { code, out, error } = await runCommandIn(environment, 'import', 'adventureworks', BOOK);
    expect([code, out]).toEqual([2, '']);
    expect(error).toContain('an import needs a database: with MICROLITH_TOPOLOGY=memory all of it would be gone');
  });
});
