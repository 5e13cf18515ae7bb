import { describe, expect, test } from 'vitest';
import { readReleased, RELEASED } from '#app/cli/contracts/released';
import { judgeContracts } from '#events/messaging/contracts';
import { publishedLanguage } from '#events/registry';

describe('the published language', () => {
  const verdicts = judgeContracts(publishedLanguage, readReleased(RELEASED));

  test('goes by everything that was released', () => {
    expect(verdicts.filter(({ state }) => state === 'breaking')).toEqual([]);
  });

  test('is released as it is: what is new is written by "microlith contracts release"', () => {
    expect(verdicts.filter(({ state }) => state === 'unreleased')).toEqual([]);
  });

  test('names every type once, by the context that publishes it', () => {
    const types = publishedLanguage.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    expect(types.length).toBeGreaterThan(20);
  });
});
