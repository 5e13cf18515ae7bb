import { createHash } from 'node:crypto';
import { mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type LedgerEntry, Outcome, type SandboxLedger } from './ledger.ts';

const ASKED = /\.asked-(\d+)$/;
const OUTCOME = /\.outcome$/;

const Stored = z.object({
  key: z.string(),
  outcome: Outcome,
  /** The call that has decided is counted by this alone. */
  wasAsked: z.literal(true).optional(),
});

/**
 * A ledger in a directory, which outlives any process and is shared by all. What it keeps are the targets of symbolic links:
 * a link is made whole or not at all, by one call, and by one caller only. Each call of a key makes the next link of that
 * key; whoever makes the one for its outcome has decided.
 */
export function createDirectoryLedger(directory: string): SandboxLedger {
  const pathOf = (key: string, suffix: string) => {
    const digest = createHash('sha256').update(key).digest('hex');
    return join(directory, digest.slice(0, 2), `${digest.slice(2)}.${suffix}`);
  };
  const find = async (key: string) => (await readOutcome(pathOf(key, 'outcome')))?.outcome;
  const ask = async (key: string) => {
    let call = 1;
    while (!(await linkOnce(pathOf(key, `asked-${call}`), key))) call += 1;
    return call;
  };
  const decide = (stored: z.output<typeof Stored>) =>
    linkOnce(pathOf(stored.key, 'outcome'), JSON.stringify(z.encode(Stored, stored)));
  return {
    find,
    ask,
    settle: async (key, outcome) => ((await decide({ key, outcome })) ? outcome : (await find(key))!),
    async askAndSettle(key, outcome) {
      if (await decide({ key, outcome, wasAsked: true })) return outcome;
      await ask(key);
      return (await find(key))!;
    },
    read: () => readAll(directory),
  };
}

/** False when there is such a link already. */
async function linkOnce(path: string, target: string): Promise<boolean> {
  try {
    await symlink(target, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    if (!isCode(error, 'ENOENT')) throw error;
    await mkdir(dirname(path), { recursive: true });
    return linkOnce(path, target);
  }
}

async function readAll(directory: string): Promise<LedgerEntry[]> {
  await mkdir(directory, { recursive: true });
  const paths = (await readdir(directory, { recursive: true })).map((name) => join(directory, name));
  const entries = new Map<string, LedgerEntry>();
  for (const path of paths.filter((name) => ASKED.test(name))) {
    const key = await readlink(path);
    const asked = Math.max(entries.get(key)?.asked ?? 0, Number(ASKED.exec(path)![1]));
    entries.set(key, { key, asked, outcome: null });
  }
  for (const path of paths.filter((name) => OUTCOME.test(name))) {
    const { key, outcome, wasAsked } = (await readOutcome(path))!;
    entries.set(key, { key, asked: (entries.get(key)?.asked ?? 0) + (wasAsked ? 1 : 0), outcome });
  }
  return [...entries.values()];
}

async function readOutcome(path: string) {
  const stored = await readlink(path).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  return stored === undefined ? undefined : z.decode(Stored, JSON.parse(stored) as z.input<typeof Stored>);
}

const isCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code;
