import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Finding } from './findings.ts';

/** Writes findings as JSON lines, whole or not at all, in place of what an import before wrote; none: no file. */
export async function writeFindings(path: string, findings: readonly Finding[]): Promise<void> {
  if (findings.length === 0) return rm(path, { force: true });
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.draft`;
  const lines = Readable.from(findings.values().map((finding) => `${JSON.stringify(finding)}\n`));
  await pipeline(lines, createWriteStream(draft));
  await rename(draft, path);
}
