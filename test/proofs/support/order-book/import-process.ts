import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { OpeningStock } from '#app/import/run';
import { type Ground, query } from '../ground.ts';
import { environmentOn } from '../server-process.ts';

/** What an import said when it was over. */
export interface ImportRun {
  readonly exitCode: number | null;
  /** Refused lines, as `file:line field value`: as it said, and as they stand in its rejects file. */
  readonly rejected: readonly string[];
  readonly inFile: readonly string[];
  readonly milliseconds: number;
}

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly field: string;
  readonly value: string;
}

interface Said {
  readonly elapsedMs: number;
  readonly rejections: { readonly file: string | null; readonly items: readonly Finding[] };
}

const program = fileURLToPath(new URL('../../../../microlith', import.meta.url));

/** Runs `microlith import adventureworks <folder>` as a process of its own. */
export async function runImport(ground: Ground, folder: string, openingStock: OpeningStock): Promise<ImportRun> {
  const child = startImport(ground, folder, openingStock);
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const { elapsedMs, rejections } = parseOutput(output);
  const file = rejections.file === null ? '' : await readFile(rejections.file, 'utf8');
  const inFile = file.split('\n').filter((line) => line !== '');
  return {
    exitCode: child.exitCode,
    rejected: rejections.items.map(nameOf),
    inFile: inFile.map((line) => nameOf(JSON.parse(line) as Finding)),
    milliseconds: elapsedMs,
  };
}

/** Ends an import as soon as so many orders are here; resolves with its exit code, or the signal that ended it. */
export async function cutImport(
  ground: Ground,
  folder: string,
  openingStock: OpeningStock,
  { signal, atOrders }: Cut,
): Promise<string> {
  const child = startImport(ground, folder, openingStock);
  child.stdout.resume();
  const ended = once(child, 'exit');
  await untilThereAre(atOrders, ground, () => child.exitCode !== null);
  child.kill(signal);
  await ended;
  return String(child.exitCode ?? child.signalCode);
}

/** When an import is cut short, and how. */
export interface Cut {
  readonly signal: 'SIGINT' | 'SIGKILL';
  readonly atOrders: number;
}

const LOOK_EVERY = 5;

async function untilThereAre(orders: number, { database }: Ground, isOver: () => boolean): Promise<void> {
  const count = () =>
    query<{ orders: bigint }>(database, 'select count(*) as orders from checkout.orders').then(
      ([row]) => Number(row!.orders),
      noneBeforeMigrations,
    );
  while (!isOver() && (await count()) < orders) await sleep(LOOK_EVERY);
}

const MISSING_TABLE = '42P01';

function noneBeforeMigrations(error: { readonly code?: string }): number {
  if (error.code === MISSING_TABLE) return 0;
  throw error;
}

function startImport(ground: Ground, folder: string, openingStock: OpeningStock) {
  const words = ['import', 'adventureworks', folder, '--opening-stock', openingStock, '--json'];
  return spawn(process.execPath, [program, ...words], {
    env: environmentOn(ground),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function parseOutput(output: string): Said {
  try {
    return JSON.parse(output) as Said;
  } catch {
    throw new Error(`the import said nothing that can be read: ${output.slice(0, 1000) || 'nothing at all'}`);
  }
}

const nameOf = ({ file, line, field, value }: Finding) => `${file}:${line} ${field} ${value}`;
