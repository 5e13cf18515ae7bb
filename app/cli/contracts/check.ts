import type { Command } from 'commander';
import { judgeContracts } from '#events/messaging/facts/contracts';
import { publishedLanguage } from '#events/registry';
import { CommandFailed } from '../command-failed.ts';
import { print, printJson } from '../print.ts';
import type { StoredVerdict } from './against.ts';
import { readReleased, type SchemasOption, withSchemas } from './released.ts';
import { renderStored } from './render-stored.ts';
import { renderVerdicts } from './render-verdicts.ts';

interface CheckOptions extends SchemasOption {
  readonly against?: boolean;
  readonly examples: string;
  readonly json?: boolean;
}

export const addCheck = (contracts: Command): Command =>
  withSchemas(
    contracts
      .command('check')
      .description('compare the facts of the code with those that were released; exit code 1 if a change breaks one'),
  )
    .option(
      '--against',
      'read all that the configured database holds as well: the log, parked and scheduled facts, lanes',
    )
    .option('--examples <count>', 'name so many of what cannot be read, of each kind', '5')
    .option('--json', 'as JSON')
    .action(check);

async function check({ schemas, against, examples, json }: CheckOptions): Promise<void> {
  const mostExamples = Number(examples);
  if (!Number.isSafeInteger(mostExamples) || mostExamples < 1)
    throw new CommandFailed('--examples must be a whole number from 1', 2);
  const verdicts = judgeContracts(publishedLanguage, readReleased(schemas));
  const stored = against ? await readStored(mostExamples) : undefined;
  const isCompatible = verdicts.every(({ state }) => state !== 'breaking') && isReadable(stored);
  if (json) printJson({ isCompatible, verdicts, ...(stored && { stored }) });
  else print([renderVerdicts(verdicts), ...(stored ? ['', renderStored(stored)] : [])].join('\n'));
  if (!isCompatible) process.exitCode = 1;
}

async function readStored(mostExamples: number): Promise<StoredVerdict> {
  const { checkStored } = await import('./against.ts');
  return checkStored(mostExamples);
}

const isReadable = (stored: StoredVerdict | undefined): boolean =>
  !stored || (stored.unreadable.length === 0 && stored.orphans.length === 0);
