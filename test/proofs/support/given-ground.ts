import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { countDeadlocksOf, type ProofGround, query } from './ground.ts';

/** A database of the proof's own on a server that somebody gives; that server cannot be killed. */
export async function openGivenGround(server: DatabaseAddress): Promise<ProofGround> {
  const name = `microlith_proof_${randomUUID().replaceAll('-', '')}`;
  const directory = await mkdtemp(join(tmpdir(), 'microlith-proof-'));
  await query(server, `create database ${name}`);
  const database = { ...server, database: name };
  return {
    database,
    place: `the database ${name}`,
    data: join(directory, 'data'),
    logs: directory,
    countDeadlocks: () => countDeadlocksOf(database),
    async leave({ isKept }) {
      if (isKept) return;
      await query(server, `drop database ${name} with (force)`);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
