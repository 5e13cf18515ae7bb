import { describe, expect, test } from 'vitest';
import { expectNone } from '../support/expect-none.ts';
import { findImpurities } from './purity.ts';
import { readSources, sourceOf } from './source.ts';

const PATH = 'contexts/billing/domain/x.ts';

describe('a domain', () => {
  test('decides from what it is given, and says which rule is broken', () => {
    const sources = readSources('contexts/*/domain');
    expect(sources.length).toBeGreaterThan(0);
    expectNone('domain/ is pure', findImpurities(sources));
  });

  test.each([
    ['the time', `const now = Date.now();`],
    ['the time as a date', `const now = new Date();`],
    ['the time as a date, in short', `const now = new Date;`],
    ['the time as text', `const now = Date();`],
    ['the time under another name', `const { now } = Date;`],
    ['the time since the start', `const now = performance.now();`],
    ['the clock of the system', `import { systemClock } from '#shared-kernel/clock'; systemClock.now();`],
    ['chance', `const lot = Math.random();`],
    ['chance under another name', `const { random } = Math;`],
    ['a random id', `const id = crypto.randomUUID();`],
    ['a random id through a global', `const id = globalThis.crypto.randomUUID();`],
    ['a new id', `import { newId } from '#shared-kernel/ids'; const id = newId(InvoiceId);`],
    ['the environment', `const isTest = process.env['TEST'];`],
    ['the environment, handed on', `const world = { process };`],
    ['the network', `const rate = await fetch('https://example.invalid');`],
    ['a timer', `setTimeout(() => undefined, 1);`],
    ['somebody who reads along', `console.log('paid');`],
    ['an error that names no rule', `throw new Error('no');`],
    ['an error of the language', `throw new RangeError('no');`],
    ['an error of its own that is none of the domain', `class Broken extends Error {}`],
  ])('is refused that asks for, or throws, %s', (_what, text) => {
    expect(findImpurities([sourceOf(PATH, `\n${text}`)])).toEqual([expect.stringContaining(`${PATH}:2 `)]);
  });

  test.each([
    ['a date that is given', `const due = new Date(placedAt.getTime() + DAY); const from = Date.UTC(2026);`],
    ['the type of a date', `type At = { readonly at: Date; readonly error: Error };`],
    ['arithmetic', `const most = Math.max(1, 2);`],
    ['a word that something impure has as well', `const { a } = order.process; const step = { process: 1 };`],
    ['a question about an error', `const isBroken = error instanceof RangeError || at instanceof Date;`],
  ])('may use %s', (_what, text) => {
    expect(findImpurities([sourceOf(PATH, text)])).toEqual([]);
  });
});
