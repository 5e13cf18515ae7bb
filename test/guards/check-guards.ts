import { apply, SnippetNotFoundOnce } from './edit.ts';
import type { Guard } from './guard.ts';
import { runTests, TestsNotRun } from './run-tests.ts';
import { copyTree } from './tree.ts';
import { judge, type Verdict } from './verdict.ts';

/** What was found of one guard: `noticed` is as it should be, everything else is not. */
export interface Finding {
  readonly guard: Guard;
  readonly result: 'noticed' | 'unnoticed' | 'red without the edit' | 'no such test' | 'not removed' | 'broken';
  readonly why?: string;
  readonly milliseconds: number;
}

export interface CheckOptions {
  /** The folder of the project; it is copied, and never edited. */
  readonly root: string;
  readonly server?: string;
  readonly onFinding?: (finding: Finding) => void;
}

/** Checks once that the named tests pass, then removes each guard in a copy of the tree and expects its test to fail. */
export async function checkGuards(guards: readonly Guard[], options: CheckOptions): Promise<readonly Finding[]> {
  await using tree = await copyTree(options.root);
  const verdicts = await judgeAsItIs(tree.path, guards, options);
  const findings: Finding[] = [];
  for (const guard of guards) {
    const began = performance.now();
    const green = verdicts.get(guard)!;
    const found = green.kind === 'green' ? await removeAndJudge(tree.path, guard, options) : asItIs(green);
    const finding = { guard, ...found, milliseconds: Math.round(performance.now() - began) };
    options.onFinding?.(finding);
    findings.push(finding);
  }
  return findings;
}

async function judgeAsItIs(
  tree: string,
  guards: readonly Guard[],
  options: CheckOptions,
): Promise<ReadonlyMap<Guard, Verdict>> {
  const tests = guards.map(({ noticedBy }) => noticedBy);
  const files = [...new Set(tests.map(({ file }) => file))];
  const outcomes = await runTests(tree, files, { ...options, titles: tests.map(({ title }) => title) });
  return new Map(guards.map((guard) => [guard, judge(outcomes, guard.noticedBy)]));
}

type Found = Pick<Finding, 'result' | 'why'>;

function asItIs(verdict: Exclude<Verdict, { kind: 'green' }>): Found {
  if (verdict.kind === 'missing') return { result: 'no such test' };
  return { result: 'red without the edit', ...(verdict.kind === 'broken' && { why: verdict.why }) };
}

async function removeAndJudge(tree: string, { edits, noticedBy }: Guard, options: CheckOptions): Promise<Found> {
  try {
    const undo = await apply(tree, edits);
    try {
      const outcomes = await runTests(tree, [noticedBy.file], { ...options, titles: [noticedBy.title] });
      return withoutGuard(judge(outcomes, noticedBy));
    } finally {
      await undo();
    }
  } catch (error) {
    if (error instanceof SnippetNotFoundOnce) return { result: 'not removed', why: error.message };
    if (error instanceof TestsNotRun) return { result: 'broken', why: error.message };
    throw error;
  }
}

function withoutGuard(verdict: Verdict): Found {
  if (verdict.kind === 'red') return { result: 'noticed' };
  if (verdict.kind === 'green') return { result: 'unnoticed' };
  return { result: 'broken', why: verdict.kind === 'broken' ? verdict.why : 'the test is not there any more' };
}
