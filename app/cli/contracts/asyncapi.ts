import type { Command } from 'commander';
import { publishedLanguage } from '#events/registry';
import manifest from '../../../package.json' with { type: 'json' };
import { describeEvents } from '../../asyncapi.ts';
import { printJson } from '../print.ts';
import { readHearers } from './hearers.ts';
import { readReleased, type SchemasOption, withSchemas } from './released.ts';

export const addAsyncApi = (contracts: Command): Command =>
  withSchemas(
    contracts
      .command('asyncapi')
      .description('the events, who publishes and who hears them, as an AsyncAPI 3.0 document (JSON)'),
  ).action(async ({ schemas }: SchemasOption) =>
    printJson(
      describeEvents({
        language: publishedLanguage,
        released: readReleased(schemas),
        hearers: await readHearers(),
        version: manifest.version,
      }),
    ),
  );
