import type { Scenario, ScenarioVerdict } from './scenarios/scenario.ts';
import { isKept } from './verdict.ts';

/** A scenario and how it went. */
export interface Played extends ScenarioVerdict {
  readonly scenario: Pick<Scenario, 'name' | 'about'>;
  readonly seconds: number;
}

export const hasHeld = ({ checks }: Pick<ScenarioVerdict, 'checks'>): boolean => checks.every(isKept);

const MOST_SHOWN = 5;

/** One scenario: its figures, its promises, and what broke them. */
export const reportOne = (played: Played): string =>
  [
    ...Object.entries(played.figures).map(([name, figure]) => `    ${name}: ${figure}`),
    ...played.checks.flatMap((check) => [
      `  ${isKept(check) ? '✓' : '✗'} ${check.promise} (${check.examined.toLocaleString('en')})`,
      ...check.broken.slice(0, MOST_SHOWN).map((what) => `      ${what}`),
      ...(check.broken.length > MOST_SHOWN ? [`      … and ${check.broken.length - MOST_SHOWN} more`] : []),
    ]),
    '',
  ].join('\n');

/** All of them, a line each. */
export function summarize(all: readonly Played[]): string {
  const widest = Math.max(...all.map(({ scenario }) => scenario.name.length));
  const lines = all.map((played) => {
    const { scenario, seconds, figures } = played;
    const recovery = figures['recovery, median and longest'] ?? '';
    const strikes = String(figures['strikes'] ?? '').padStart(7);
    const events = String(figures['events, effects'] ?? '').padStart(15);
    return `${hasHeld(played) ? '✓' : '✗'} ${scenario.name.padEnd(widest)} ${seconds.toFixed(0).padStart(5)} s ${strikes} ${events}  ${recovery}`;
  });
  const head = `  ${'scenario'.padEnd(widest)}    time strikes ${'events, effects'.padStart(15)}  recovery, median and longest`;
  return [head, ...lines, ''].join('\n');
}
