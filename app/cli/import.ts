import { type Command, Option } from 'commander';
import type { ImportChoices } from './import-folder.ts';

export function addImport(program: Command): void {
  const all = program.command('import').description('take over the data of another system');
  all
    .command('adventureworks')
    .description("a manufacturer's whole order book: products, parts, suppliers, stock, customers and orders")
    .argument('<dir>', 'the folder with the files of AdventureWorks')
    .addOption(
      new Option('--opening-stock <how>', 'as the files list it, or ample: all that the orders need')
        .choices(['as-listed', 'ample'])
        .default('as-listed'),
    )
    .option('--json', 'the totals as JSON, and nothing else')
    .action(async (dir: string, choices: ImportChoices) =>
      (await import('./import-folder.ts')).importFolder(dir, choices),
    );
}
