import type { Verdict } from './floors.ts';
import type { Result } from './run.ts';
import { FIGURES, type FigureName, type Scenario } from './scenario.ts';

/** More figures than this stand below each other. */
const MOST_COLUMNS = 10;

/** A scenario's table, as Markdown. */
export function renderScenario({ name, about }: Scenario, results: readonly Result[]): string {
  const figures = (Object.keys(FIGURES) as FigureName[]).filter((figure) =>
    results.some((result) => result.figures[figure] !== undefined),
  );
  const head = [name, ...figures.map((figure) => FIGURES[figure].title)];
  const rows = [head, ...results.map((result) => [result.subject, ...figures.map((figure) => show(figure, result))])];
  const faults = results.map(
    ({ subject, disqualified }) => disqualified && `${subject} is DISQUALIFIED: ${disqualified}\n`,
  );
  return [
    `**${name}**: ${about}\n`,
    `${table(figures.length > MOST_COLUMNS ? turned(rows) : rows)}\n`,
    ...faults.filter((fault) => fault !== undefined),
  ].join('\n');
}

const turned = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] =>
  rows[0]!.map((_, at) => rows.map((row) => row[at]!));

/** Goals and floors beside what came out. */
export function renderVerdicts(verdicts: readonly Verdict[]): string {
  const measured = verdicts.filter(({ value }) => value !== undefined);
  if (measured.length === 0) return '';
  const rows = measured.map(({ name, value, goal, floor, better, isMissed, isShortOfGoal }) => {
    const sign = better === 'higher' ? '≥' : '≤';
    const outcome = isMissed ? 'FLOOR MISSED' : isShortOfGoal ? 'floor kept' : 'goal reached';
    return [name, round(value!), `${sign} ${round(goal)}`, `${sign} ${round(floor)}`, outcome];
  });
  return `${table([['measure', 'is', 'goal', 'never beyond', ''], ...rows])}\n`;
}

const round = (value: number): string => String(Number(value.toFixed(2)));

function show(figure: FigureName, { figures: { [figure]: value } }: Result): string {
  const { decimals } = FIGURES[figure];
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
