import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type LedgerEntry, Outcome, type SandboxLedger } from './ledger.ts';

const ASKED = '.asked';
const OUTCOME = '.outcome.json';

const Stored = z.object({ key: z.string(), outcome: Outcome });

/**
 * A ledger in files, which outlives any process and is shared by all: per key one file that every call adds a line to, and
 * one for the outcome. Whoever links it first has decided; it is never seen half written.
 */
export function createDirectoryLedger(directory: string): SandboxLedger {
  const fileOf = (key: string, suffix: string) => {
    const digest = createHash('sha256').update(key).digest('hex');
    return join(directory, digest.slice(0, 2), `${digest.slice(2)}${suffix}`);
  };
  const find = async (key: string) => (await readOutcome(fileOf(key, OUTCOME)))?.outcome;
  return {
    find,
    ask: (key) => inDirectoryOf(fileOf(key, ASKED), (file) => addLine(file, key)),
    async settle(key, outcome) {
      const isFirst = await inDirectoryOf(fileOf(key, OUTCOME), (file) =>
        createOnce(file, JSON.stringify(z.encode(Stored, { key, outcome }))),
      );
      return isFirst ? outcome : (await find(key))!;
    },
    read: () => readAll(directory),
  };
}

/** Appends a line and tells how many there are; what another process appends meanwhile may be counted too. */
async function addLine(file: string, line: string): Promise<number> {
  await using handle = await open(file, 'a');
  await handle.write(`${line}\n`);
  const { size } = await handle.stat();
  return size / Buffer.byteLength(`${line}\n`);
}

/** Makes a whole file at once; false when it is there already. */
async function createOnce(file: string, content: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}.draft`;
  await writeFile(draft, content);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

async function inDirectoryOf<Result>(file: string, write: (file: string) => Promise<Result>): Promise<Result> {
  try {
    return await write(file);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    await mkdir(dirname(file), { recursive: true });
    return write(file);
  }
}

async function readAll(directory: string): Promise<LedgerEntry[]> {
  await mkdir(directory, { recursive: true });
  const files = (await readdir(directory, { recursive: true })).map((file) => join(directory, file));
  const entries = new Map<string, LedgerEntry>();
  for (const file of files.filter((name) => name.endsWith(ASKED))) {
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    entries.set(lines[0]!, { key: lines[0]!, asked: lines.length, outcome: null });
  }
  for (const file of files.filter((name) => name.endsWith(OUTCOME))) {
    const { key, outcome } = (await readOutcome(file))!;
    entries.set(key, { key, asked: entries.get(key)?.asked ?? 0, outcome });
  }
  return [...entries.values()];
}

async function readOutcome(file: string) {
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  return content === undefined ? undefined : z.decode(Stored, JSON.parse(content) as z.input<typeof Stored>);
}

const isCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code;
