import { spawnSync } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';

const CHUNK = Buffer.alloc(256 * 1024);
const LONGEST_FULL = 4_000;

/** The disk of the database has no room left, and then has again. */
export const fillDisk: Fault = {
  name: 'the disk is full',
  async strike({ ground, chance }) {
    const cluster = ground.cluster!;
    const filler = join(cluster.directory, 'filler');
    await fill(filler);
    await sleep(1_000 + chance.below(LONGEST_FULL));
    await fill(filler);
    await rm(filler);
    await cluster.untilReady();
  },
};

/** Writes until nothing more fits in. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'a');
  try {
    for (;;) await file.write(CHUNK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
}

/** A disk of so many megabytes, in memory; it takes root to mount one. */
export function mountDisk(directory: string, megabytes: number): Disposable {
  run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory);
  return { [Symbol.dispose]: () => run('umount', '--lazy', directory) };
}

function run(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(
    `A full disk cannot be had: ${program} failed (${error?.message ?? stderr.trim()}). Run chaos as root.`,
  );
}
