import { expect, vi } from 'vitest';

/** Fails with the rule and with everything that was found to break it, in words; passes when nothing was. */
export const expectNone = vi.defineHelper((rule: string, found: readonly string[]): void => {
  if (found.length > 0) expect.fail(`${rule}: ${found.join('\n')}`);
});
