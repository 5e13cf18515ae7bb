import type { Break } from '#events/messaging/facts/compatibility/compare';
import { FACT_IS_NEW, type Verdict } from '#events/messaging/facts/contracts';

/** What changed, what that breaks, and what to do; a line for all that did not. */
export function renderVerdicts(verdicts: readonly Verdict[]): string {
  const count = (state: Verdict['state']) => verdicts.filter((verdict) => verdict.state === state).length;
  const fresh = verdicts.filter(isNew).length;
  const changed = count('unreleased') - fresh;
  return [
    `${verdicts.length} facts: ${count('released')} as released, ${fresh} new, ${changed} changed compatibly, ${count('breaking')} broken`,
    ...verdicts.flatMap((verdict) => (verdict.state === 'released' ? [] : ['', ...renderOne(verdict)])),
    ...(fresh + changed > 0
      ? ['', 'What is new or changed compatibly is released with: npx microlith contracts release']
      : []),
  ].join('\n');
}

const isNew = (verdict: Verdict): boolean => verdict.state === 'unreleased' && verdict.additions.includes(FACT_IS_NEW);

/** What is to be said of a fact that is not as it was released. */
export function renderOne(verdict: Exclude<Verdict, { state: 'released' }>): readonly string[] {
  const name = `${verdict.type} v${verdict.version}`;
  if (verdict.state === 'unreleased') return [`+ ${name}`, ...verdict.additions.map(indent)];
  return [`✗ ${name}`, ...verdict.breaks.map(renderBreak), ...verdict.advice.split('\n').map(indent)];
}

const renderBreak = ({ path, why }: Break): string => indent(path === '' ? why : `${path}: ${why}`);

const indent = (line: string): string => `    ${line}`;
