import { setTimeout } from 'node:timers/promises';

/** Milliseconds. Long, for a busy machine: only a failure waits so long. Who looks for failures may choose less. */
const PATIENCE = Number(process.env.MICROLITH_TEST_PATIENCE ?? 60_000);
/** Milliseconds between tries, so that who waits leaves the machine to those it waits for. */
const PAUSE = 2;

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
    await setTimeout(PAUSE);
  }
}

/** Waits until the expectation holds. */
export const until = (expectation: () => Promise<unknown>): Promise<void> =>
  eventually(async () => undefined, expectation);
