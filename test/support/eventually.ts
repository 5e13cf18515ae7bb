import { setImmediate } from 'node:timers/promises';

const PATIENCE = 10_000;

/** Does the step until the expectation holds; fails with the expectation's own error when patience ends. */
export async function eventually(step: () => Promise<unknown>, expectation: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    await step();
    try {
      await expectation();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await setImmediate();
  }
}

/** Waits until the expectation holds. */
export const until = (expectation: () => Promise<unknown>): Promise<void> =>
  eventually(async () => undefined, expectation);
