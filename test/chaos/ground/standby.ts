import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onConnection, query } from '../../proofs/support/ground.ts';
import { Cluster } from './cluster.ts';
import type { Line } from './line.ts';

const LOOK_EVERY = 20;

/** What a primary needs, so that a standby can be made of it. */
export const PRIMARY_SETTINGS = { wal_keep_size: '512MB' };

/** A streaming standby of a cluster, which hears of changes over a line of its own. */
export async function openStandby(primary: Cluster, line: Line, directory: string): Promise<Cluster> {
  await takeBaseBackup(primary, directory);
  const { host, port, user } = line.address;
  return Cluster.open(directory, { primary_conninfo: `host=${host} port=${port} user=${user}` });
}

/** Resolves when a standby has replayed everything that its primary has written until now. */
export async function untilCaughtUp(primary: Cluster, standby: Cluster): Promise<void> {
  const [written] = await query<{ lsn: string }>(primary.admin, 'select pg_current_wal_lsn()::text as lsn');
  const isBehind = async () => {
    const text = 'select pg_last_wal_replay_lsn() < $1::pg_lsn as is_behind';
    const [row] = await query<{ is_behind: boolean | null }>(standby.admin, text, [written!.lsn]);
    return row!.is_behind !== false;
  };
  while (await isBehind()) await sleep(LOOK_EVERY);
}

/** What pg_basebackup does, which the embedded binaries lack. */
async function takeBaseBackup(primary: Cluster, directory: string): Promise<void> {
  const [from, to] = [join(primary.directory, 'data'), join(directory, 'data')];
  await mkdir(directory, { recursive: true });
  await onConnection(primary.admin, async (client) => {
    await client.query(`select pg_backup_start('chaos', true)`);
    const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    // Files may go away while they are copied: what counts is in the log.
    if (status !== 0 && !/No such file/.test(stderr)) throw new Error(`the base backup failed: ${stderr}`);
    await rm(join(to, 'postmaster.pid'), { force: true });
    await writeFile(join(to, 'backup_label'), rows[0]!.labelfile);
    await writeFile(join(to, 'standby.signal'), '');
  });
}
