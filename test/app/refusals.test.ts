import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { runCommandLine } from '#app/cli/program';
import { createDatabase } from '../support/database.ts';
import { urlOf } from './child.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What `microlith start` says and ends with under an environment in which it cannot start. */
async function refusal(environment: Record<string, string>): Promise<[exitCode: number, message: string]> {
  for (const [name, value] of Object.entries({ PORT: '0', ...environment })) vi.stubEnv(name, value);
  let message = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    message += String(text);
    return true;
  });
  const listeners = process.listenerCount('SIGTERM');
  const exitCode = await runCommandLine(['start']);
  expect(process.listenerCount('SIGTERM'), 'it leaves no handler of signals behind').toBe(listeners);
  return [exitCode, message];
}

describe('microlith start that cannot start', () => {
  test('says in one message all that is wrong with its configuration', async () => {
    const [exitCode, message] = await refusal({ PORT: 'http', LOG_LEVEL: 'loud', HOST: '0.0.0.0' });
    expect(exitCode).toBe(2);
    expect(message).toMatch(
      /^microlith: the configuration is not valid:\n {2}PORT .*\n {2}LOG_LEVEL .*\n {2}HOST .*\n$/,
    );
  });

  test('says what to do when its address is not of this machine', async () => {
    const elsewhere = { MICROLITH_TOPOLOGY: 'memory', HOST: '192.0.2.1', MICROLITH_OPEN: '1' };
    expect(await refusal(elsewhere)).toEqual([
      1,
      'microlith: cannot listen on 192.0.2.1:0: this machine has no such address. Set HOST to one that it has\n',
    ]);
  });

  test('says what to do when its database cannot be used', async () => {
    const [exitCode, message] = await refusal({ DATABASE_URL: 'postgres://ada:secret@127.0.0.1:1/shop' });
    expect(exitCode).toBe(1);
    expect(message).toMatch(
      /^microlith: DATABASE_URL: the database shop on 127.0.0.1:1 cannot be used: .*ECONNREFUSED.*unset DATABASE_URL to use the embedded server\n$/,
    );
    expect(message).not.toContain('secret');
  });

  test('says why its database cannot be used also where every address of the host was tried in vain', async () => {
    const [, message] = await refusal({ DATABASE_URL: 'postgres://ada@localhost:1/shop' });
    expect(message).toMatch(/cannot be used: .*ECONNREFUSED.*\. Create it/);
  });

  test('says what it may not do in its database', async () => {
    await using database = await createDatabase([]);
    const role = `role_${randomUUID().replaceAll('-', '')}`;
    await database.query(`create role ${role} login`);
    const [exitCode, message] = await refusal({ DATABASE_URL: urlOf({ ...database.address, user: role }) });
    await database.query(`drop role ${role}`);
    expect(exitCode).toBe(1);
    expect(message).toMatch(/^microlith: PostgreSQL at .* cannot be brought up to date: permission denied .*\n$/);
  });
});
