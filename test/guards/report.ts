import type { Finding } from './check-guards.ts';
import type { Guard } from './guard.ts';

const isFine = ({ result }: Finding): boolean => result === 'noticed';

export function renderFinding(finding: Finding): string {
  const { guard, result, why, milliseconds } = finding;
  const head = `${isFine(finding) ? '✓' : '✗'} ${guard.name}  ${(milliseconds / 1000).toFixed(1)} s`;
  if (isFine(finding)) return `${head}\n`;
  const { file, title } = guard.noticedBy;
  const reason = why ? `\n${why.replaceAll(/^/gm, '    ')}` : '';
  return `${head}\n    ${result}: ${file} › ${title}${reason}\n`;
}

export function renderSummary(findings: readonly Finding[]): string {
  const bad = findings.filter((finding) => !isFine(finding));
  const names = bad.map(({ guard }) => `  ${guard.name}\n`);
  if (bad.length === 0) return `\nnone of ${findings.length} guards can be removed unnoticed\n`;
  return `\n${bad.length} of ${findings.length} guards are not as they should be:\n${names.join('')}`;
}

export function renderList(guards: readonly Guard[]): string {
  const byHazard = Map.groupBy(guards, ({ hazard }) => hazard);
  const render = ({ name, promise, noticedBy }: Guard) =>
    `  ${name}: ${promise}\n      ${noticedBy.file} › ${noticedBy.title}\n`;
  return [...byHazard].map(([hazard, own]) => `${hazard}\n${own.map(render).join('')}`).join('\n');
}

/** What a machine wants to know. */
export const toJson = (findings: readonly Finding[]): string =>
  `${JSON.stringify(
    findings.map(({ guard: { edits: _edits, ...guard }, ...found }) => ({ ...guard, ...found })),
    undefined,
    2,
  )}\n`;

/** 0 when every guard's removal is noticed, 1 when one could go. */
export const exitCodeOf = (findings: readonly Finding[]): 0 | 1 => (findings.every(isFine) ? 0 : 1);
