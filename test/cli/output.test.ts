import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A line of a shell in which `microlith` is ours; its exit code is that of `microlith`. */
const runShell = (line: string): Promise<{ readonly code: number; readonly out: string; readonly error: string }> =>
  new Promise((done) => {
    const script = `set -o pipefail; microlith() { "${process.execPath}" microlith "$@"; }; ${line}`;
    const child = execFile('bash', ['-c', script], { cwd: root }, (_failure, out, error) =>
      done({ code: child.exitCode!, out, error }),
    );
  });

test.runIf(existsSync('/dev/full'))('output that cannot be written is told in one line', async () => {
  expect(await runShell('microlith contracts asyncapi > /dev/full')).toMatchObject({
    code: 1,
    error: expect.stringMatching(/^microlith: the output cannot be written: ENOSPC.*\n$/),
  });
});

test('who reads no more of the output ends the command, and that is no failure', async () => {
  expect(await runShell('microlith contracts asyncapi | true')).toMatchObject({ code: 0, error: '' });
});

test('who reads no more of what was wrong changes nothing about the exit code', async () => {
  expect(await runShell('microlith events foo 2>&1 | true')).toMatchObject({ code: 2 });
});

test.runIf(existsSync('/dev/full'))('neither does it where that cannot be written', async () => {
  expect(await runShell('microlith events foo 2> /dev/full')).toMatchObject({ code: 2, out: '' });
});
