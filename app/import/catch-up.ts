import type { Run } from './run.ts';

/** A context does not get on with what it has to hear. */
export class StandsStill extends Error {
  constructor(context: string, patience: number) {
    super(
      `for ${patience / 1000} s ${context} has not moved on, though there is something it has not heard yet; the log of whoever delivers says why`,
    );
    this.name = 'StandsStill';
  }
}

const LOOK_EVERY = 1_000;
const PATIENCE = 60_000;

/** Resolves when contexts have heard everything that was said before, whichever process carries it. @throws {StandsStill} */
export async function catchUp(
  { system, backbone }: Pick<Run, 'system' | 'backbone'>,
  contexts: readonly string[],
): Promise<void> {
  const end = await backbone.findEnd();
  for (const context of contexts) await untilAt(system, context, end);
}

async function untilAt({ relay }: Run['system'], context: string, end: number): Promise<void> {
  const lag = () =>
    relay.lanes
      .filter((lane) => lane.context === context)
      .reduce((sum, { at }) => sum + Math.max(0, end - at.position), 0);
  let movedAt = Date.now();
  for (let before = lag(); before > 0;) {
    await relay.caughtUp(context, end, LOOK_EVERY);
    const now = lag();
    if (now < before) movedAt = Date.now();
    if (now > 0 && Date.now() - movedAt > PATIENCE) throw new StandsStill(context, PATIENCE);
    before = now;
  }
}
