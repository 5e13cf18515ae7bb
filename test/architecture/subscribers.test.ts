import { describe, expect, test } from 'vitest';
import { codec } from '#events/registry';
import { openMemorySystem } from '../support/system.ts';

const STABLE_NAME = /^[a-z]+\.[a-z][A-Za-z]+$/;

interface Named {
  readonly context: string;
  readonly name: string;
  readonly types: readonly string[];
}

const findUnstable = (hearers: readonly Named[]) =>
  hearers.filter(({ context, name }) => !STABLE_NAME.test(name) || !name.startsWith(`${context}.`));

const findTwins = (hearers: readonly Named[]) =>
  [...Map.groupBy(hearers, ({ name }) => name)].filter(([, same]) => same.length > 1).map(([name]) => name);

describe('every subscriber', async () => {
  await using system = await openMemorySystem();
  const hearers = system.hearers;

  test('has a stable name of its own, in its context', () => {
    expect(hearers.length).toBeGreaterThan(10);
    expect(findUnstable(hearers)).toEqual([]);
    expect(findTwins(hearers)).toEqual([]);
  });

  test('hears types that some context publishes', () => {
    expect(hearers.flatMap(({ types }) => types).filter((type) => !codec.types.includes(type))).toEqual([]);
  });

  test('keeps the name it was released with, or an alias of it', async () => {
    const names = hearers.map(({ name }) => name).toSorted();
    await expect(`${names.join('\n')}\n`).toMatchFileSnapshot('released-subscribers.txt');
  });

  test('is refused without a stable name', () => {
    const types = ['checkout.OrderPlaced'];
    expect(
      findUnstable([
        { context: 'billing', name: '', types },
        { context: 'billing', name: 'checkout.x', types },
      ]),
    ).toHaveLength(2);
    expect(
      findTwins([
        { context: 'billing', name: 'billing.x', types },
        { context: 'billing', name: 'billing.x', types },
      ]),
    ).toEqual(['billing.x']);
  });
});
