import type { Command } from 'commander';

export const addStart = (program: Command): Command =>
  program
    .command('start')
    .description('run the server: HTTP, relay and executors')
    .action(async () => (await import('./serve.ts')).serve());
