import { expect, test } from 'vitest';
import { renderVerdicts } from '#app/cli/contracts/render-verdicts';
import { judgeContracts } from '#events/messaging/facts/contracts';
import { publishedLanguage } from '#events/registry';
import manifest from '../../package.json' with { type: 'json' };
import { runCommandIn } from './command-line.ts';

test('microlith says which version it is', async () => {
  expect(await runCommandIn({}, '--version')).toMatchObject({ code: 0, out: `${manifest.version}\n`, error: '' });
});

test('released schemas that are not there are a mistake in the command line', async () => {
  expect(await runCommandIn({}, 'contracts', 'check', '--schemas', '/nowhere')).toMatchObject({
    code: 2,
    out: '',
    error: expect.stringMatching(/^microlith: \/nowhere: cannot be read: /),
  });
});

test('advice on contracts can be pasted', () => {
  const advice = renderVerdicts(judgeContracts(publishedLanguage, []));
  expect(advice).toContain('with: npx microlith contracts release');
});
