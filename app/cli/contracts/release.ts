import type { Command } from 'commander';
import { judgeContracts } from '#events/messaging/facts/contracts';
import { publishedLanguage } from '#events/registry';
import { CommandFailed } from '../command-failed.ts';
import { print, printJson } from '../print.ts';
import { readReleased, release, type SchemasOption, withSchemas } from './released.ts';
import { renderVerdicts } from './render-verdicts.ts';

interface ReleaseOptions extends SchemasOption {
  readonly json?: boolean;
}

export const addRelease = (contracts: Command): Command =>
  withSchemas(
    contracts
      .command('release')
      .description(
        'keep the schemas of new and compatibly changed facts as released; nothing is written if one is broken',
      ),
  )
    .option('--json', 'as JSON')
    .action(releaseAll);

function releaseAll({ schemas, json }: ReleaseOptions): void {
  const verdicts = judgeContracts(publishedLanguage, readReleased(schemas));
  const broken = verdicts.filter(({ state }) => state === 'breaking');
  if (broken.length > 0) throw new CommandFailed(`nothing was released.\n${renderVerdicts(broken)}`);
  const changed = new Set(verdicts.flatMap(({ type, state }) => (state === 'unreleased' ? [type] : [])));
  const released = publishedLanguage.filter(({ type }) => changed.has(type)).map((fact) => release(schemas, fact));
  if (json) printJson({ released });
  else print(released.length === 0 ? 'everything is released as it is' : `released: ${released.join(', ')}`);
}
