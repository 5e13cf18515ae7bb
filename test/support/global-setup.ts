import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { openEmbeddedPostgres } from '#app/embedded-postgres/embedded-postgres';
import { binariesOf } from '../versions/binaries.ts';
import type { ServerAddress } from './database.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    server: ServerAddress;
  }
}

/**
 * One private PostgreSQL for the whole run; durability is switched off, but for tests that start a server of their own. Tests
 * that are run by a test use its server: MICROLITH_TEST_SERVER says which, as JSON. MICROLITH_TEST_POSTGRES says of which
 * version it is to be, when of another than the embedded one.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const lent = process.env.MICROLITH_TEST_SERVER;
  if (lent) {
    project.provide('server', JSON.parse(lent) as ServerAddress);
    return async () => undefined;
  }
  const directory = mkdtempSync(join(quickestFolder(), 'microlith-test-'));
  arrangeEnvironment(directory);
  const version = process.env.MICROLITH_TEST_POSTGRES;
  const server = await openEmbeddedPostgres(join(directory, 'server'), {
    ...(version && { native: binariesOf(version) }),
    settings: { fsync: 'off', full_page_writes: 'off', max_prepared_transactions: '10' },
  });
  project.provide('server', { host: server.host, port: server.port, user: server.user });
  return async () => {
    await server.release();
    await untilStopped(join(directory, 'server'));
    rmSync(directory, { recursive: true, force: true });
  };
}

/** For all tests and the processes they start: temporary files go where this run's do, what was compiled is kept. */
function arrangeEnvironment(directory: string): void {
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary);
  process.env.TMPDIR = temporary;
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../../node_modules/.cache/microlith', import.meta.url));
  process.env.EMBEDDED_POSTGRES_LINGER_MS = '0';
}

const ENOUGH = 2 * 2 ** 30;

/** A cluster or a database is hundreds of small files: many times faster in memory, where there is room for it. */
function quickestFolder(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > ENOUGH ? memory : tmpdir();
}

async function untilStopped(directory: string): Promise<void> {
  while (existsSync(join(directory, 'data', 'postmaster.pid'))) await setTimeout(20);
}
