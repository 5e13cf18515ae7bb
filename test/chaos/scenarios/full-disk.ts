import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillDisk, mountDisk } from '../faults/disk.ts';
import { openGround } from '../ground/ground.ts';
import type { Scenario } from './scenario.ts';
import { rageOn } from './storm.ts';

const MEGABYTES = 200;
const SETTINGS = { max_wal_size: '64MB', min_wal_size: '32MB', shared_buffers: '16MB' };

export const fullDisk: Scenario = {
  name: 'full-disk',
  about: 'the disk of the database fills up, and gets room again',
  shortest: 12,
  async play(circumstances) {
    const directory = await mkdtemp(join(tmpdir(), 'microlith-chaos-disk-'));
    try {
      using mounted = new DisposableStack();
      mounted.use(mountDisk(directory, MEGABYTES));
      await using ground = await openGround(SETTINGS, directory);
      const storm = { staffing: { workers: 2 }, faults: [fillDisk], every: 2_000, inARow: 1 };
      return await rageOn(ground, storm, circumstances);
    } finally {
      await rm(directory, { recursive: true });
    }
  },
};
