import { inject, test, expect } from 'vitest';
import { query } from '../proofs/support/ground.ts';
import { EMBEDDED_VERSION } from './binaries.ts';

test('tests run on the PostgreSQL that was asked for', async () => {
  const [server] = await query<{ version: string }>(
    { ...inject('server'), database: 'postgres' },
    `select split_part(current_setting('server_version'), '.', 1) as version`,
  );
  expect(server!.version).toBe(process.env.MICROLITH_TEST_POSTGRES ?? EMBEDDED_VERSION);
});
