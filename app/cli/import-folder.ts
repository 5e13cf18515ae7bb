import { basename, join, resolve } from 'node:path';
import { type Config, readCommandConfig } from '../config.ts';
import { openHost } from '../host.ts';
import { StandsStill } from '../import/catch-up.ts';
import { UnusableFolder } from '../import/files/folder.ts';
import { UnusableFile } from '../import/files/table.ts';
import { writeFindings } from '../import/findings-file.ts';
import { importAdventureWorks } from '../import/import-adventureworks.ts';
import { OrdersStandStill } from '../import/order-watch.ts';
import { progressOn, silent } from '../progress.ts';
import { type FindingsFiles, renderSummary, toJson } from '../import/render.ts';
import type { OpeningStock } from '../import/run.ts';
import { exitCodeOf, type Summary } from '../import/summary.ts';
import { createLogger } from '../logging.ts';
import { loggingObserver } from '../observers.ts';
import { CommandFailed } from './command-failed.ts';
import { onSignal } from './signals.ts';

export interface ImportChoices {
  readonly openingStock: OpeningStock;
  readonly json?: boolean;
}

/** Ctrl-C once: what is under way is finished. Twice: the end; what is missing is made good at the next start. */
export async function importFolder(dir: string, choices: ImportChoices): Promise<void> {
  const config = readCommandConfig('warn');
  assertKept(config);
  const stop = new AbortController();
  const release = onSignal((exitCode) => {
    if (stop.signal.aborted) process.exit(exitCode);
    stop.abort(exitCode);
    process.stderr.write('\nstopping, when the orders that are under way are through; again to stop at once\n');
  });
  try {
    const summary = await runImport(config, dir, choices, stop.signal);
    const files = await keepFindings(config, summary);
    process.stdout.write(choices.json ? toJson(summary, files) : renderSummary(summary, files));
    process.exitCode = summary.isComplete ? exitCodeOf(summary) : (stop.signal.reason as number);
  } finally {
    release();
  }
}

/** @throws {CommandFailed} where nobody would ever see what was imported */
function assertKept({ topology }: Config): void {
  if (topology !== 'memory') return;
  throw new CommandFailed(
    'an import needs a database: with MICROLITH_TOPOLOGY=memory all of it would be gone when the command ends',
    2,
  );
}

async function runImport(
  config: Config,
  folder: string,
  { openingStock, json }: ImportChoices,
  stop: AbortSignal,
): Promise<Summary> {
  const logger = createLogger(config);
  const host = await openHost({ config, logger, observer: loggingObserver(logger) });
  const { system, backbone } = host;
  const progress = json ? silent : progressOn(process.stderr);
  try {
    return await importAdventureWorks({ folder, openingStock, system, backbone, progress, stop });
  } catch (error) {
    throw explained(error);
  } finally {
    await host.close();
  }
}

/** What the person who started it can act on, without a stack. */
function explained(error: unknown): unknown {
  if (error instanceof UnusableFolder || error instanceof UnusableFile) return new CommandFailed(error.message, 2);
  if (error instanceof StandsStill || error instanceof OrdersStandStill) return new CommandFailed(error.message);
  return error;
}

async function keepFindings(config: Config, { folder, rejections, warnings }: Summary): Promise<FindingsFiles> {
  const fileOf = (what: string) =>
    join(resolve(config.dataDirectory), 'import', `${basename(resolve(folder))}-${what}.jsonl`);
  const [rejects, doubts] = [fileOf('rejects'), fileOf('warnings')];
  await writeFindings(rejects, rejections);
  await writeFindings(doubts, warnings);
  return { rejects: rejections.length > 0 ? rejects : null, warnings: warnings.length > 0 ? doubts : null };
}
