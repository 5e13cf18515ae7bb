import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** A copy of the project, to be damaged. */
export interface Tree extends AsyncDisposable {
  readonly path: string;
}

const LEFT_OUT = new Set(['node_modules', '.git', '.data']);

/** Copies the working tree as it is; the packages are linked. */
export async function copyTree(root: string): Promise<Tree> {
  const path = await mkdtemp(join(tmpdir(), 'microlith-guards-'));
  await cp(root, path, { recursive: true, filter: (from) => from === root || !LEFT_OUT.has(basename(from)) });
  await symlink(join(root, 'node_modules'), join(path, 'node_modules'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
