import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addDemo } from './demo.ts';
import { addContracts } from './contracts/contracts.ts';
import { addEvents } from './events/events.ts';
import { addImport } from './import.ts';
import { CommandFailed } from './command-failed.ts';
import { addStart } from './start.ts';
import { addTrace } from './trace.ts';

/** Runs one command line; resolves with its exit code: 0 done, 1 failed, 2 used or configured wrongly. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const program = new Command('microlith')
    .description('A modular monolith, and the post office under it.')
    .version(manifest.version)
    .exitOverride();
  program.showHelpAfterError().configureHelp({ showGlobalOptions: true });
  addStart(program);
  addDemo(program);
  addTrace(program);
  addEvents(program);
  addContracts(program);
  addImport(program);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return explain(error);
  }
}

/** What errors mean is looked up only where there is one: a command line that is right starts without them. */
async function explain(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { isMisuse, messageOf } = await import('./plain-errors.ts');
  const message = messageOf(error);
  process.stderr.write(`${message ? `microlith: ${message}` : ((error as Error).stack ?? String(error))}\n`);
  if (error instanceof CommandFailed) return error.exitCode;
  return isMisuse(error) ? 2 : 1;
}
