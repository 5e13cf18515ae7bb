import type { TestName } from './guard.ts';
import type { Outcome } from './run-tests.ts';

/** What became of a named test. `red` counts only if an assertion failed: code that does not run proves nothing. */
export type Verdict =
  | { readonly kind: 'green' }
  | { readonly kind: 'red' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'broken'; readonly why: string };

/** What `expect(…).rejects` and `.resolves` say comes as a plain error. */
const ASSERTION = /^(AssertionError|Error: (promise (resolved|rejected)|expected) )/;
const BROKEN_CODE = /\b(SyntaxError|ReferenceError|TypeError)\b|is not defined|is not a function|cannot read propert/i;

export function judge(outcomes: readonly Outcome[], { file, title }: TestName): Verdict {
  const named = outcomes.find((outcome) => outcome.file === file && outcome.title === title);
  if (!named || named.status === 'skipped') return { kind: 'missing' };
  if (named.status === 'passed') return { kind: 'green' };
  const [why = 'no reason is given'] = named.errors.map((error) => error.split('\n    at ')[0]!);
  return ASSERTION.test(why) && !BROKEN_CODE.test(why) ? { kind: 'red' } : { kind: 'broken', why };
}
