import { vi } from 'vitest';
import { runCommandLine } from '#app/cli/program';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/pool';
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
export async function runCommand(address: DatabaseAddress, ...words: readonly string[]): Promise<CommandResult> {
  const [out, error] = [catchOutput(process.stdout), catchOutput(process.stderr)];
  vi.stubEnv('DATABASE_URL', urlOf(address));
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
