import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { checkGuards } from './check-guards.ts';
import { guards } from './guards.ts';
import { exitCodeOf, renderFinding, renderList, renderSummary, toJson } from './report.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Options {
  readonly list?: boolean;
  readonly json?: string;
}

const print = (text: string) => process.stdout.write(text);

const program = new Command('npm run guards --')
  .description(
    'Removes each guard in a copy of the tree and expects the test that names it to fail.\nExit code 1: a guard could be removed unnoticed. 2: used wrongly.',
  )
  .argument('[name...]', 'the guards to be removed; all when left out')
  .option('--list', 'print the guards, what they promise, and their tests')
  .option('--json <file>', 'write what was found to a file as well')
  .exitOverride()
  .showHelpAfterError()
  .action(async (names: readonly string[], { list, json }: Options) => {
    const chosen = choose(names);
    if (list) return void print(renderList(chosen));
    print(`${chosen.length} guards; first their tests with every guard in place\n\n`);
    const findings = await checkGuards(chosen, {
      root: ROOT,
      onFinding: (finding) => print(renderFinding(finding)),
    });
    print(renderSummary(findings));
    if (json) await writeFile(json, toJson(findings));
    process.exitCode = exitCodeOf(findings);
  });

function choose(names: readonly string[]) {
  const unknown = names.filter((name) => !guards.some((guard) => guard.name === name));
  if (unknown.length > 0) program.error(`no such guard: ${unknown.join(', ')}; --list names them all`);
  return names.length === 0 ? guards : guards.filter(({ name }) => names.includes(name));
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
