import type { TestName } from './guard.ts';

/** One section of docs/guarantees.md. */
export interface Guarantee {
  readonly hazard: string;
  readonly tests: readonly TestName[];
  /** As it is written: a command, a date and what came of it, or `not run yet`. */
  readonly figure: string | undefined;
}

const LINK = /^- \[(?<title>.+)\]\(\.\.\/(?<file>[^)]+)\)$/gm;
const FIGURE = /^Last figure: (?<figure>.+)$/m;

/** Reads what docs/guarantees.md promises: a heading per hazard, a list of links to tests, a last figure. */
export const readGuarantees = (markdown: string): readonly Guarantee[] =>
  markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      hazard: decapitalized(section.slice(0, section.indexOf('\n'))),
      tests: [...section.matchAll(LINK)].map(({ groups }) => ({ file: groups!.file!, title: groups!.title! })),
      figure: FIGURE.exec(section)?.groups?.figure,
    }));

/** Hazards that begin with a name keep its capital. */
function decapitalized(heading: string): string {
  return heading.startsWith('PostgreSQL') ? heading : heading[0]!.toLowerCase() + heading.slice(1);
}
