import { describe, expect, test } from 'vitest';
import { readReleased, RELEASED } from '#app/cli/contracts/released';
import { renderOne } from '#app/cli/contracts/render-verdicts';
import { judgeContracts, type Verdict } from '#events/messaging/facts/contracts';
import { publishedLanguage } from '#events/registry';
import { expectNone } from '../../support/expect-none.ts';

describe('the published language', () => {
  const verdicts = judgeContracts(publishedLanguage, readReleased(RELEASED));
  const allThatAre = (state: Verdict['state']) =>
    verdicts.flatMap((verdict) =>
      verdict.state === state && verdict.state !== 'released' ? renderOne(verdict).join('\n') : [],
    );

  test('goes by everything that was released', () => {
    expectNone('a change breaks what was released', allThatAre('breaking'));
  });

  test('is released as it is: what is new is written by "microlith contracts release"', () => {
    expectNone('run "npm run microlith -- contracts release", and commit what it writes', allThatAre('unreleased'));
  });

  test('names every type once, by the context that publishes it', () => {
    const types = publishedLanguage.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    expect(types.length).toBeGreaterThan(0);
  });
});
