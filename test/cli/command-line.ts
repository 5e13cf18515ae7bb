import { vi } from 'vitest';
import { runCommandLine } from '#app/cli/program';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { urlOf } from '../app/child.ts';

/** What a command wrote, and how it ended. */
export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  /** Its output read as JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

/** Runs `microlith …` in this process, against a database. */
export const runCommand = (address: DatabaseAddress, ...words: readonly string[]): Promise<CommandResult> =>
  runCommandIn({ DATABASE_URL: urlOf(address) }, ...words);

/** The same in an environment that says more, or something else. */
export async function runCommandIn(
  environment: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<CommandResult> {
  const [out, error] = [catchOutput(process.stdout), catchOutput(process.stderr)];
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  try {
    process.exitCode = undefined;
    const code = await runCommandLine(words);
    return {
      code,
      out: out.text(),
      error: error.text(),
      json: words.includes('--json') && code < 2 ? JSON.parse(out.text()) : undefined,
    };
  } finally {
    process.exitCode = undefined;
    vi.unstubAllEnvs();
    out.restore();
    error.restore();
  }
}

function catchOutput(stream: NodeJS.WriteStream) {
  let text = '';
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  return { text: () => text, restore: () => spy.mockRestore() };
}
