import type { PoisonKind } from './events.ts';

const FIVE_MEGABYTES = 5 * 2 ** 20;

/** What goes wrong in a handler, by kind. */
const EFFECTS: Readonly<Record<PoisonKind, () => Promise<unknown> | never>> = {
  throws: async () => {
    throw new Error('poison');
  },
  hangs: () => new Promise(() => undefined),
  blocks: async () => {
    for (;;);
  },
  exits: async () => process.exit(86),
  'nul-text': async () => {
    throw new Error('poison \0 with a NUL');
  },
  'huge-text': async () => {
    throw new Error(`poison ${'x'.repeat(FIVE_MEGABYTES)}`);
  },
};

export const swallow = async (poison: PoisonKind): Promise<unknown> => EFFECTS[poison]();
