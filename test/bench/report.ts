import type { Verdict } from './floors.ts';
import type { Result } from './run.ts';
import { FIGURES, type FigureName, type Scenario } from './scenario.ts';

/** A scenario's table, as Markdown. */
export function renderScenario({ name, about }: Scenario, results: readonly Result[]): string {
  const columns = (Object.keys(FIGURES) as FigureName[]).filter((figure) =>
    results.some(({ figures }) => figures[figure] !== undefined),
  );
  const rows = results.map(({ subject, figures, disqualified }) =>
    disqualified
      ? [subject, `DISQUALIFIED: ${disqualified}`, ...columns.slice(1).map(() => '')]
      : [subject, ...columns.map((column) => show(column, figures[column]))],
  );
  const head = [name, ...columns.map((column) => FIGURES[column].title)];
  return `**${name}**: ${about}\n\n${table([head, ...rows])}\n`;
}

/** Goals and floors beside what came out. */
export function renderVerdicts(verdicts: readonly Verdict[]): string {
  const measured = verdicts.filter(({ value }) => value !== undefined);
  if (measured.length === 0) return '';
  const rows = measured.map(({ name, value, goal, floor, better, isMissed, isShortOfGoal }) => {
    const sign = better === 'higher' ? '≥' : '≤';
    const outcome = isMissed ? 'FLOOR MISSED' : isShortOfGoal ? 'floor kept' : 'goal reached';
    return [name, value!.toFixed(2), `${sign} ${goal}`, `${sign} ${floor}`, outcome];
  });
  return `${table([['measure', 'is', 'goal', 'never beyond', ''], ...rows])}\n`;
}

function show(column: FigureName, value: number | undefined): string {
  const { decimals } = FIGURES[column];
  return value?.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }) ?? '–';
}

/** The first column to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, at) => Math.max(3, ...rows.map((row) => row[at]!.length)));
  const [head, ...body] = rows.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))),
  );
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [head!, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
