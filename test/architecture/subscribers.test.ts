import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codec } from '#events/registry';
import { expectNone } from '../support/expect-none.ts';
import { openMemorySystem } from '../support/system.ts';
import { findLostNames, findUnreleasedNames } from './released-subscribers.ts';

const STABLE_NAME = /^[a-z]+\.[a-z][A-Za-z]+$/;

interface Named {
  readonly context: string;
  readonly name: string;
}

const findUnstable = (hearers: readonly Named[]) =>
  hearers
    .filter(({ context, name }) => !STABLE_NAME.test(name) || !name.startsWith(`${context}.`))
    .map(({ context, name }) => `"${name}" in ${context}`);

const findTwins = (hearers: readonly Named[]) =>
  [...Map.groupBy(hearers, ({ name }) => name)].filter(([, same]) => same.length > 1).map(([name]) => name);

describe('every subscriber', async () => {
  await using system = await openMemorySystem();
  const hearers = system.hearers;
  const released = readFileSync('test/architecture/released-subscribers.txt', 'utf8').trim().split('\n');

  test('has a stable name of its own, in its context', () => {
    expect(hearers.length).toBeGreaterThan(0);
    expectNone('a subscriber is called <context>.doThisOnThingHappened, but not', findUnstable(hearers));
    expectNone('a subscriber has a name of its own, but two are called', findTwins(hearers));
  });

  test('hears types that some context publishes', () => {
    expectNone(
      'what is heard is listed in events/registry.ts, but not',
      hearers.flatMap(({ types }) => types).filter((type) => !codec.types.includes(type)),
    );
  });

  test('keeps the name it was released with, or an alias of it', () => {
    expectNone('a lane is found by the name of its subscriber', findLostNames(hearers, released));
  });

  test('has its name among those that were released', () => {
    expectNone('a name is for ever', findUnreleasedNames(hearers, released));
  });

  test('is refused without a stable name', () => {
    expect(
      findUnstable([
        { context: 'billing', name: '' },
        { context: 'billing', name: 'checkout.x' },
      ]),
    ).toHaveLength(2);
    expect(
      findTwins([
        { context: 'billing', name: 'billing.x' },
        { context: 'billing', name: 'billing.x' },
      ]),
    ).toEqual(['billing.x']);
  });

  test('is missed under its released name, unless that is an alias', () => {
    const renamed = { name: 'billing.y', aliases: [] };
    expect(findLostNames([renamed], ['billing.x'])).toEqual([expect.stringContaining("aliases: ['billing.x']")]);
    expect(findLostNames([{ ...renamed, aliases: ['billing.x'] }], ['billing.x'])).toEqual([]);
  });

  test('is asked to be listed when it is new', () => {
    const known = { name: 'billing.x', aliases: [] };
    expect(findUnreleasedNames([known, { name: 'billing.y', aliases: [] }], ['billing.x'])).toEqual([
      expect.stringContaining('add the line billing.y to'),
    ]);
  });
});
