import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { giveToOwner } from './ownership.ts';

const sqliteBusy = 5;
const pollMs = 15;

/**
 * Waits to be the one that works on a directory; empty when it turns out that another does, and serves.
 * The lock ends with its process, however that dies: Node has no file locks of its own, SQLite has the kernel's.
 */
export async function lockUnless(served: () => Promise<boolean>, file: string): Promise<Disposable | undefined> {
  const lock = new DatabaseSync(file);
  giveToOwner(file);
  while (!locked(lock)) {
    if (await served()) return undefined;
    await sleep(pollMs);
  }
  return lock;
}

function locked(lock: DatabaseSync): boolean {
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === sqliteBusy) return false;
    throw error;
  }
}
