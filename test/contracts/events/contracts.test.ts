import { z } from 'zod';
import { describe, expect, test } from 'vitest';
import { renderVerdicts } from '#app/cli/contracts/render-verdicts';
import { compareSchemas } from '#events/messaging/facts/compatibility/compare';
import { judgeContracts } from '#events/messaging/facts/contracts';
import { personal } from '#events/messaging';
import { defineEvent, type EventDeclaration } from '#events/messaging/facts/event';
import { jsonSchemaOf } from '#events/messaging/facts/schema';

const text = z.string();
const number = z.int();

const factOf = (shape: z.ZodType | z.ZodRawShape): EventDeclaration =>
  defineEvent('desk.NoteTaken', 1, shape instanceof z.ZodType ? shape : z.object(shape));

const changeOf = (before: z.ZodType | z.ZodRawShape, after: z.ZodType | z.ZodRawShape) =>
  compareSchemas(jsonSchemaOf(factOf(before)), jsonSchemaOf(factOf(after)));

const tree = z.object({
  name: text,
  get parts() {
    return z.array(tree);
  },
});
const richerTree = z.object({
  name: text,
  note: text.optional(),
  get parts() {
    return z.array(richerTree);
  },
});
const strangeTree = z.object({
  name: number,
  get parts() {
    return z.array(strangeTree);
  },
});

describe('a changed fact goes by its version', () => {
  test.each([
    ['nothing changed', { a: text }, { a: text }, []],
    ['its fields are listed in another order', { a: text, b: number }, { b: number, a: text }, []],
    ['a value is listed in another place', { a: z.enum(['x', 'y']) }, { a: z.enum(['y', 'x']) }, []],
    [
      'a field is new that may be left out',
      { a: text },
      { a: text, b: text.optional() },
      ['b is new, and may be left out'],
    ],
    [
      'an object is new that may be left out',
      { a: z.array(z.object({ x: text })) },
      { a: z.array(z.object({ x: text, y: z.object({ z: text }).optional() })) },
      ['a[].y is new, and may be left out'],
    ],
    ['more is said about it', { a: text }, { a: text.describe('what it says') }, ['only what is said about it is new']],
    ['a field turns out to be personal', { a: text }, { a: personal(text) }, ['only what is said about it is new']],
    ['what it holds holds itself', tree, tree, []],
    [
      'what it holds holds itself, and more',
      tree,
      richerTree,
      ['parts[].note is new, and may be left out', 'note is new, and may be left out'],
    ],
  ])('where %s', (_what, before, after, additions) => {
    const change = changeOf(before, after);
    expect(change.breaks).toEqual([]);
    expect(change.additions.toSorted()).toEqual([...additions].toSorted());
  });
});

const kinds = (...variants: readonly [string, z.ZodRawShape][]) =>
  z.discriminatedUnion('kind', variants.map(([kind, shape]) => z.object({ kind: z.literal(kind), ...shape })) as never);

describe('a changed fact needs a version of its own', () => {
  test.each([
    ['a field is gone', { a: text, b: text }, { a: text }, 'b', 'field', 'meaning'],
    ['a field is gone that could be left out', { a: text, b: text.optional() }, { a: text }, 'b', 'field', 'meaning'],
    ['a field has another name', { a: text }, { b: text }, 'b', 'field', 'stored facts'],
    ['a field is new and asked for', { a: text }, { a: text, b: text }, 'b', 'field', 'stored facts'],
    ['a field is asked for that could be left out', { a: text.optional() }, { a: text }, 'a', 'field', 'stored facts'],
    ['a field may be left out that never was', { a: text }, { a: text.optional() }, 'a', 'field', 'running code'],
    [
      'a field is new in an object that takes no others',
      z.strictObject({ a: text }),
      z.strictObject({ a: text, b: text.optional() }),
      'b',
      'field',
      'running code',
    ],
    ['a field is of another type', { a: text }, { a: number }, 'a', 'type', 'stored facts'],
    ['a field may also be null', { a: text }, { a: text.nullable() }, 'a', 'value', 'running code'],
    ['a field may no longer be null', { a: text.nullable() }, { a: text }, 'a', 'value', 'stored facts'],
    ['fractions are no longer taken', { a: z.number() }, { a: number }, 'a', 'type', 'stored facts'],
    ['fractions are new', { a: number }, { a: z.number() }, 'a', 'type', 'running code'],
    ['a value is gone', { a: z.enum(['x', 'y']) }, { a: z.enum(['x']) }, 'a', 'value', 'stored facts'],
    ['a value is new', { a: z.enum(['x']) }, { a: z.enum(['x', 'y']) }, 'a', 'value', 'running code'],
    ['a text may be less long', { a: text.max(9) }, { a: text.max(5) }, 'a', 'limit', 'stored facts'],
    ['a text may be longer', { a: text.max(5) }, { a: text }, 'a', 'limit', 'running code'],
    ['a text must not be empty', { a: text }, { a: text.min(1) }, 'a', 'limit', 'stored facts'],
    ['a number has another end', { a: number.max(9) }, { a: number.lt(9) }, 'a', 'limit', 'stored facts'],
    ['a number goes in steps', { a: number }, { a: number.multipleOf(5) }, 'a', 'limit', 'stored facts'],
    ['a text has a form', { a: text }, { a: text.regex(/^x/) }, 'a', 'form', 'stored facts'],
    ['a text has another form', { a: text.regex(/^y/) }, { a: text.regex(/^x/) }, 'a', 'form', 'stored facts'],
    ['a text has a form no more', { a: z.uuid() }, { a: text }, 'a', 'form', 'running code'],
    [
      'a pattern is read with other flags',
      { a: text.regex(/^x/i) },
      { a: text.regex(/^x/) },
      'a',
      'rule',
      'running code',
    ],
    ['a list must not be empty', { a: z.array(text) }, { a: z.array(text).min(1) }, 'a', 'limit', 'stored facts'],
    [
      'something in a list changed',
      { a: z.array(z.object({ b: text })) },
      { a: z.array(z.object({ b: number })) },
      'a[].b',
      'type',
      'stored facts',
    ],
    ['a tuple is longer', { a: z.tuple([text]) }, { a: z.tuple([text, text]) }, 'a', 'limit', 'stored facts'],
    [
      'a rule in code is new',
      { a: text },
      { a: text.refine((value) => value !== 'no', 'must not be no') },
      'a',
      'rule',
      'stored facts',
    ],
    [
      'a rule in code is gone',
      { a: text.refine((value) => value !== 'no', 'must not be no') },
      { a: text },
      'a',
      'rule',
      'running code',
    ],
    [
      'it is trimmed before it is looked at',
      { a: text.min(1) },
      { a: text.trim().min(1) },
      'a',
      'rule',
      'stored facts',
    ],
    ['a field was about a person', { a: personal(text) }, { a: text }, 'a', 'personal', 'meaning'],
    [
      'what is left out means something else',
      { a: text.default('x') },
      { a: text.default('y') },
      'a',
      'default',
      'meaning',
    ],
    [
      'a variant is gone',
      { a: kinds(['x', { b: text }], ['y', {}]) },
      { a: kinds(['x', { b: text }]) },
      'a.kind',
      'value',
      'stored facts',
    ],
    [
      'a variant is new',
      { a: kinds(['x', {}]) },
      { a: kinds(['x', {}], ['y', {}]) },
      'a.kind',
      'value',
      'running code',
    ],
    [
      'a field of one variant changed',
      { a: kinds(['x', { b: text }], ['y', { b: text }]) },
      { a: kinds(['x', { b: text }], ['y', { b: number }]) },
      'a.b',
      'type',
      'stored facts',
    ],
    [
      'a field of one variant is gone',
      { a: kinds(['x', { b: text.optional() }], ['y', {}]) },
      { a: kinds(['x', {}], ['y', {}]) },
      'a(kind "x").b',
      'field',
      'meaning',
    ],
    [
      'fields of any name hold something else',
      { a: z.record(text, text) },
      { a: z.record(text, number) },
      'a.*',
      'type',
      'stored facts',
    ],
    ['what it holds holds something else, at any depth', tree, strangeTree, 'name', 'type', 'stored facts'],
  ] as const)('where %s', (_what, before, after, path, rule, hurts) => {
    const { breaks } = changeOf(before, after);
    expect(breaks).toContainEqual({ path, rule, hurts, why: expect.any(String) });
  });
});

describe('the contracts of a language', () => {
  const upcast = { 1: (older: { a: string }) => ({ ...older, b: 1 }) };
  const v1 = factOf({ a: text });
  const v2 = defineEvent('desk.NoteTaken', 2, z.object({ a: text, b: number }), { upcast });
  const released = (...declarations: readonly EventDeclaration[]) =>
    declarations.map((declaration) => ({ ...declaration, schema: jsonSchemaOf(declaration) }));
  const statesOf = (language: readonly EventDeclaration[], before: readonly EventDeclaration[]) =>
    judgeContracts(language, released(...before)).map(({ type, version, state }) => `${type} v${version} ${state}`);

  test('stand where nothing changed, whatever versions there were before', () => {
    expect(statesOf([v2], [v1, v2])).toEqual(['desk.NoteTaken v2 released']);
  });

  test('take a new fact, a new version, and a field that may be left out', () => {
    const other = defineEvent('desk.NoteFiled', 1, z.object({}));
    const wider = factOf({ a: text, b: text.optional() });
    expect(statesOf([v2, other], [v1])).toEqual(['desk.NoteTaken v2 unreleased', 'desk.NoteFiled v1 unreleased']);
    expect(statesOf([wider], [v1])).toEqual(['desk.NoteTaken v1 unreleased']);
  });

  test('count a new fact as new, and what it changes as changed', () => {
    const other = defineEvent('desk.NoteFiled', 1, z.object({}));
    const headOf = (language: readonly EventDeclaration[], before: readonly EventDeclaration[]) =>
      renderVerdicts(judgeContracts(language, released(...before))).split('\n')[0];
    expect(headOf([v2, other], [v1])).toBe('2 facts: 0 as released, 1 new, 1 changed compatibly, 0 broken');
    expect(headOf([v1], [v1])).toBe('1 facts: 1 as released, 0 new, 0 changed compatibly, 0 broken');
  });

  test('break where a fact is gone, or an older version is back', () => {
    expect(statesOf([], [v1])).toEqual(['desk.NoteTaken v1 breaking']);
    expect(statesOf([v1], [v1, v2])).toEqual(['desk.NoteTaken v1 breaking']);
  });

  test('break where another field gives key or story', () => {
    const shape = z.object({ a: text, b: text });
    const before = defineEvent('desk.NoteTaken', 1, shape, { key: 'a', correlation: 'a' });
    const after = defineEvent('desk.NoteTaken', 1, shape, { key: 'b' });
    const [verdict] = judgeContracts([after], released(before));
    expect(verdict).toMatchObject({
      breaks: [
        { rule: 'key', why: expect.stringContaining('was a and is b now') },
        { rule: 'correlation', why: expect.stringContaining('was a and is none now') },
      ],
    });
  });

  test('tell how to make the version that a break needs', () => {
    const narrower = defineEvent('desk.NoteTaken', 2, z.object({ a: text, b: number.max(9) }), { key: 'a', upcast });
    const [verdict] = judgeContracts(
      [narrower],
      released(defineEvent('desk.NoteTaken', 2, v2.schema, { key: 'a', upcast })),
    );
    expect(verdict).toMatchObject({
      state: 'breaking',
      advice: expect.stringContaining(
        "defineEvent('desk.NoteTaken', 3, z.object({ … }), { key: 'a', upcast: { 1: …, 2: (old) => ({ …old }) } })",
      ),
    });
    const [wider] = judgeContracts([factOf({ a: text.optional() })], released(v1));
    expect(wider).toMatchObject({ advice: expect.stringContaining('upcast: { 1: (old) => old }') });
  });
});
