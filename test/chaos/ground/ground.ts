import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '#app/persistence/migrate';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { query } from '../../proofs/support/ground.ts';
import { histories } from '../office/context.ts';
import { Cluster } from './cluster.ts';

/** Where a scenario plays: a database of the application's own, which is no superuser. */
export interface Ground {
  readonly database: DatabaseAddress;
  /** The same database as superuser. */
  readonly admin: DatabaseAddress;
  /** The server itself, where it is ours alone. */
  readonly cluster?: Cluster;
}

export interface PrivateGround extends Ground, AsyncDisposable {
  readonly cluster: Cluster;
}

const NAME = 'microlith';

/** `directory` is removed again only where this made it. */
export async function openGround(
  settings: Readonly<Record<string, string>> = {},
  directory?: string,
): Promise<PrivateGround> {
  const place = directory ?? (await mkdtemp(join(tmpdir(), 'microlith-chaos-')));
  const cluster = await Cluster.open(place, settings);
  await query(cluster.admin, `create role ${NAME} login`);
  await query(cluster.admin, `create database ${NAME} owner ${NAME}`);
  const database = { ...cluster.admin, database: NAME, user: NAME };
  await migrate(database, histories);
  return {
    cluster,
    database,
    admin: { ...cluster.admin, database: NAME },
    async [Symbol.asyncDispose]() {
      await cluster.stop();
      if (!directory) await rm(place, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}
