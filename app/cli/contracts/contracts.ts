import type { Command } from 'commander';
import { addAsyncApi } from './asyncapi.ts';
import { addCheck } from './check.ts';
import { addRelease } from './release.ts';

/** The published language, for those who change and deploy it. */
export function addContracts(program: Command): void {
  const contracts = program
    .command('contracts')
    .description('the published language: does a change go by what was released and stored?');
  addCheck(contracts);
  addRelease(contracts);
  addAsyncApi(contracts);
}
