import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readTable, type Table, UnusableFile } from './table.ts';

/** The folder is not there, or lacks files; the message names each, and why it cannot be used. */
export class UnusableFolder extends Error {
  constructor(folder: string, problems: readonly string[]) {
    super(`${folder} cannot be imported:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'UnusableFolder';
  }
}

/** Before anything is changed: are all files there, and do they have the columns they should? @throws {UnusableFolder} */
export async function assertUsable(folder: string, tables: readonly Table[]): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new UnusableFolder(folder, [found ? 'it is no folder' : 'there is no such folder']);
  const problems = await Promise.all(tables.map((table) => findProblem(folder, table)));
  const all = problems.filter((problem) => problem !== undefined);
  if (all.length > 0) throw new UnusableFolder(folder, all);
}

async function findProblem(folder: string, table: Table): Promise<string | undefined> {
  try {
    await using file = await open(join(folder, table.file));
    if (!(await file.stat()).isFile()) return `${table.file} is no file`;
    await readTable(folder, table).next();
    return undefined;
  } catch (error) {
    if (error instanceof UnusableFile) return error.message;
    const { code } = error as NodeJS.ErrnoException;
    return `${table.file} ${code === 'ENOENT' ? 'is missing' : `cannot be read (${code ?? (error as Error).message})`}`;
  }
}
