import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { checkGuards, type Finding } from './check-guards.ts';
import { edited, SnippetNotFoundOnce } from './edit.ts';
import { readGuarantees } from './guarantees.ts';
import type { Guard, TestName } from './guard.ts';
import { guards } from './guards.ts';
import { HAZARDS } from './hazards.ts';
import { exitCodeOf, renderFinding } from './report.ts';
import { type Outcome, runTests } from './run-tests.ts';
import { judge } from './verdict.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const server = () => JSON.stringify(inject('server'));
const named = (name: string): Guard => guards.find((guard) => guard.name === name)!;

const render = ({ file, title }: TestName): string => `${file} › ${title}`;
const guarantees = readGuarantees(readFileSync(resolve(ROOT, 'docs/guarantees.md'), 'utf8'));
const promised = guarantees.flatMap(({ tests }) => tests);
const needed = guards.map(({ noticedBy }) => noticedBy);

/** Every test of the files that guards and guarantees name; none of them is run. */
let known: ReadonlySet<string>;
beforeAll(async () => {
  const files = [...new Set([...needed, ...promised].map(({ file }) => file))];
  known = new Set((await runTests(ROOT, files, { titles: [], server: server() })).map(render));
});

describe('docs/guarantees.md', () => {
  test('has a section for everything that must never happen, in order', () => {
    expect(guarantees.map(({ hazard }) => hazard)).toEqual([...HAZARDS]);
  });

  test('names tests that there are', () => {
    expect(promised.length).toBeGreaterThan(HAZARDS.length);
    expect(promised.map(render).filter((name) => !known.has(name))).toEqual([]);
  });

  test.each(HAZARDS)('names the test of every guard against this: %s', (hazard) => {
    const { tests } = guarantees.find((guarantee) => guarantee.hazard === hazard)!;
    const own = guards.filter((guard) => guard.hazard === hazard).map(({ noticedBy }) => render(noticedBy));
    expect(own.length).toBeGreaterThan(0);
    expect(new Set(own).difference(new Set(tests.map(render)))).toEqual(new Set());
  });

  test('says of everything what was measured last, or that nothing was', () => {
    expect(guarantees.filter(({ figure }) => !figure).map(({ hazard }) => hazard)).toEqual([]);
  });

  test('that names no test, or an unknown one, is found out', () => {
    const [section] = readGuarantees('## Poison\n\n- [a > b](../test/a.test.ts)\n');
    expect(section).toEqual({
      hazard: 'poison',
      tests: [{ file: 'test/a.test.ts', title: 'a > b' }],
      figure: undefined,
    });
    expect(known.has(render(section!.tests[0]!))).toBe(false);
  });
});

describe('the list of guards', () => {
  test('names each guard once', () => {
    expect(new Set(guards.map(({ name }) => name)).size).toBe(guards.length);
    expect(guards.filter(({ name }) => !/^[a-z0-9-]+$/.test(name))).toEqual([]);
  });

  test('finds the code of each guard exactly once', async () => {
    for (const { file, ...edit } of guards.flatMap(({ edits }) => edits))
      expect(() => edited(sources.get(file)!, { file, ...edit })).not.toThrow();
  });

  test('names tests that there are', () => {
    expect(needed.map(render).filter((name) => !known.has(name))).toEqual([]);
  });

  let sources: ReadonlyMap<string, string>;
  beforeAll(async () => {
    const files = new Set(guards.flatMap(({ edits }) => edits.map(({ file }) => file)));
    const read = async (file: string) => [file, await readFile(resolve(ROOT, file), 'utf8')] as const;
    sources = new Map(await Promise.all([...files].map(read)));
  });
});

describe('an edit', () => {
  const edit = { file: 'a.ts', snippet: 'if (a)\n throw b;', replacement: '$& is text' };

  test('finds its snippet however that is broken into lines', () => {
    expect(edited('x;\n  if (a) throw\n    b; y;', edit)).toBe('x;\n  $& is text y;');
  });

  test.each([
    ['not there', 'if (a) throw c;'],
    ['there twice', 'if (a) throw b; if (a) throw b;'],
  ])('is refused when its snippet is %s', (_how, source) => {
    expect(() => edited(source, edit)).toThrow(SnippetNotFoundOnce);
  });
});

describe('a removed guard', () => {
  const guard = named('nul-refused');
  const harmless: Guard = {
    ...guard,
    name: 'harmless',
    edits: [{ ...guard.edits[0]!, replacement: `${guard.edits[0]!.snippet} /* still there */` }],
  };
  const untested: Guard = { ...guard, name: 'untested', noticedBy: { ...guard.noticedBy, title: 'nothing' } };
  const moved: Guard = { ...guard, name: 'moved', edits: [{ ...guard.edits[0]!, snippet: 'not there' }] };

  let findings: readonly Finding[];
  beforeAll(async () => {
    findings = await checkGuards([guard, harmless, untested, moved], { root: ROOT, server: server() });
  });

  test.each([
    ['is noticed', guard, 'noticed'],
    ['that is still there is unnoticed', harmless, 'unnoticed'],
    ['whose test does not exist is reported', untested, 'no such test'],
    ['that is somewhere else is reported', moved, 'not removed'],
  ] as const)('%s', (_what, { name }, result) => {
    const finding = findings.find((candidate) => candidate.guard.name === name)!;
    expect(finding.result).toBe(result);
    expect(exitCodeOf([finding])).toBe(result === 'noticed' ? 0 : 1);
    expect(renderFinding(finding)).toContain(result === 'noticed' ? '✓' : result);
  });

  test('is not removed from the tree itself', async () => {
    const { file, snippet } = guard.edits[0]!;
    expect(await readFile(resolve(ROOT, file), 'utf8')).toContain(snippet);
  });
});

describe('a test that failed', () => {
  const name = { file: 'a.test.ts', title: 'a > b' };
  const failedBy = (error: string): Outcome => ({ ...name, status: 'failed', errors: [`${error}\n    at x.ts:1:1`] });

  test.each(['AssertionError: expected 1 to be 2', 'Error: promise resolved "undefined" instead of rejecting'])(
    'by its assertion is red: %s',
    (error) => {
      expect(judge([failedBy(error)], name)).toEqual({ kind: 'red' });
    },
  );

  test.each([
    'SyntaxError: Unexpected token',
    'Error: Test timed out in 20000ms.',
    'AssertionError: expected ReferenceError: x is not defined to be an instance of Fenced',
    "AssertionError: expected error to have the message 'refused' but got 'x is not a function'",
  ])('because something is broken proves nothing: %s', (error) => {
    expect(judge([failedBy(error)], name)).toEqual({ kind: 'broken', why: error });
  });
});
