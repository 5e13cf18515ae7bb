import { chmodSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './programs.ts';

const isRoot = (): boolean => process.geteuid?.() === 0;

/** Gives a file that root made in somebody's directory to that somebody. */
export function giveToOwner(file: string): void {
  const { uid, gid } = statSync('.');
  if (isRoot()) lchownSync(file, uid, gid);
}

/** Makes the socket's directory anew, its user's alone, and lets an account, if there is one, at what it works on. */
export function admit(account?: Account): void {
  rmSync('run', { recursive: true, force: true });
  mkdirSync('run', { mode: 0o700 });
  if (!account) return;
  chmodSync('.', statSync('.').mode | 0o011);
  lchownSync('run', account.uid, account.gid);
  if (existsSync('data')) giveRootsFiles('data', account);
}

// A tree that is not root's has been given already. Its top comes last: as long as that is root's, nobody else is in it.
function giveRootsFiles(tree: string, { uid, gid }: Account): void {
  if (lstatSync(tree).uid !== 0) return;
  const files = readdirSync(tree, { recursive: true, encoding: 'utf8' });
  for (const file of [...files, '.']) lchownSync(join(tree, file), uid, gid);
}
