import { spawnSync } from 'node:child_process';
import { Argument, Command, CommanderError } from 'commander';
import { installVersions, OTHER_VERSIONS } from './binaries.ts';

/** What depends on the server. */
const TESTS = ['test/versions', 'test/database', 'test/contracts/messaging', 'test/contexts'];

const program = new Command('npm run test:versions --')
  .description(
    'Runs the tests of all that depends on PostgreSQL on the versions beside the embedded one; installs these in test/versions when they are missing.\nExit code 1: a test failed. 2: used wrongly.',
  )
  .addArgument(
    new Argument('[version...]', 'which ones')
      .choices(OTHER_VERSIONS)
      .default(OTHER_VERSIONS, OTHER_VERSIONS.join(' ')),
  )
  .exitOverride()
  .showHelpAfterError()
  .action((versions: readonly string[]) => {
    installVersions();
    const failed = versions.filter((version) => !passes(version));
    for (const version of failed) process.stderr.write(`tests failed on PostgreSQL ${version}\n`);
    process.exitCode = failed.length === 0 ? 0 : 1;
  });

function passes(version: string): boolean {
  process.stdout.write(`PostgreSQL ${version}\n`);
  const env = { ...process.env, MICROLITH_TEST_POSTGRES: version };
  const words = ['node_modules/vitest/vitest.mjs', 'run', ...TESTS];
  return spawnSync(process.execPath, words, { env, stdio: 'inherit' }).status === 0;
}

try {
  program.parse();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
