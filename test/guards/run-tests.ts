import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestName } from './guard.ts';

/** How one test went. Its title stands behind those of its suites. */
export interface Outcome extends TestName {
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly errors: readonly string[];
}

export interface RunOptions {
  /** The only tests to be run; the others are named all the same, as skipped. */
  readonly titles: readonly string[];
  /** A server that the tests may use, as JSON; left out: they start their own. */
  readonly server?: string;
}

/** The test runner could not do its work, or a test file could not even be read. */
export class TestsNotRun extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'TestsNotRun';
  }
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A test has ten minutes, a file of them hardly more: what takes longer does not end. Milliseconds. */
const PATIENCE = 900_000;

/** Tests without a guard are to fail: what they wait for would not come later, either. Milliseconds. */
const MICROLITH_TEST_PATIENCE = '20000';

/** Runs tests of a tree in a process of their own. @throws {TestsNotRun} */
export async function runTests(
  tree: string,
  files: readonly string[],
  { titles, server }: RunOptions,
): Promise<readonly Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), 'microlith-report-'));
  const report = join(folder, 'report.json');
  const words = ['run', ...files, '--testNamePattern', patternOf(titles), '--reporter', 'json', '--outputFile', report];
  try {
    const output = await runVitest(tree, [...words, '--no-cache', '--fsModuleCache=false'], server);
    const text = await readFile(report, 'utf8').catch(() => {
      throw new TestsNotRun(`the tests of ${files.join(', ')} did not run:\n${output}`);
    });
    return (JSON.parse(text) as Report).testResults.flatMap((result) => outcomesOf(tree, result));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runVitest(cwd: string, words: readonly string[], server: string | undefined): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_OPTIONS$)/.test(name));
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...words], {
    cwd,
    env: {
      ...Object.fromEntries(inherited),
      MICROLITH_TEST_PATIENCE,
      ...(server !== undefined && { MICROLITH_TEST_SERVER: server }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text));
  await once(child, 'close');
  return output;
}

const patternOf = (titles: readonly string[]): string => `^(${titles.map((title) => RegExp.escape(title)).join('|')})$`;

function outcomesOf(tree: string, { name, message, assertionResults }: Report['testResults'][number]): Outcome[] {
  const file = name.slice(tree.length + 1);
  if (assertionResults.length === 0) throw new TestsNotRun(`${file} could not be read: ${message}`);
  return assertionResults.map(({ ancestorTitles, title, status, failureMessages }) => ({
    file,
    title: [...ancestorTitles, title].join(' > '),
    status: status === 'passed' || status === 'failed' ? status : 'skipped',
    errors: failureMessages,
  }));
}
