import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The version that comes with the project. */
export const EMBEDDED_VERSION = '18';

/** Versions of PostgreSQL beside the embedded one that the project runs on. */
export const OTHER_VERSIONS = ['15', '16', '17'] as const;

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** Where a version's server is (`bin`, `lib`, `share`), once it is installed. */
export const binariesOf = (version: string): string =>
  `${FOLDER}node_modules/postgres-${version}-${process.platform}-${process.arch}/native`;

/** Installs them beside this file, and nowhere else. */
export function installVersions(): void {
  if (existsSync(`${FOLDER}node_modules`)) return;
  const { status } = spawnSync('npm', ['ci'], { cwd: FOLDER, stdio: 'inherit' });
  if (status !== 0) throw new Error('the other versions of PostgreSQL could not be installed: see above');
}
