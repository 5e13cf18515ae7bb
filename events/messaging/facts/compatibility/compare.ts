import { type Field, fieldsOf } from './fields.ts';
import { canonicalJson, type JsonSchema } from './json-schema.ts';
import type { Refusal } from './refusal.ts';
import { findRefusals } from './refusals.ts';

/** One reason why a changed schema may not go by the version it had. */
export interface Break {
  /** `lines[].unitPrice.amount`; empty: the whole fact. */
  readonly path: string;
  readonly rule: Refusal['rule'] | 'key' | 'correlation' | 'personal' | 'default';
  /** Facts in the log would not read, code that is still running would refuse new facts, or what is said means another thing. */
  readonly hurts: 'stored facts' | 'running code' | 'meaning';
  readonly why: string;
}

export interface Change {
  readonly breaks: readonly Break[];
  /** What else is different, in words; nothing here and no breaks: the same. */
  readonly additions: readonly string[];
}

/**
 * What became of a released schema. Stored facts must read by the new one, and new facts by the released one, because
 * during a deployment both are running; what is gone or means something else breaks it, even where everything reads.
 */
export function compareSchemas(released: JsonSchema, current: JsonSchema): Change {
  const [before, after] = [fieldsOf(released), fieldsOf(current)];
  const meanings = [...changedNames(released, current), ...goneFields(before, after), ...changedFields(before, after)];
  const breaks = [
    ...meanings,
    ...findRefusals(current, released).map(refusedInStore),
    ...findRefusals(released, current).map(refusedByRunningCode),
  ];
  const additions = newFields(before, after).map((path) => `${path} is new, and may be left out`);
  const isSame = canonicalJson(inOrder(released)) === canonicalJson(inOrder(current));
  const words = isSame || additions.length > 0 ? [] : ['only what is said about it is new'];
  return { breaks: withoutEchoes(breaks), additions: [...additions, ...words] };
}

const refusedInStore = ({ path, rule, asks, gets }: Refusal): Break => ({
  path,
  rule,
  hurts: 'stored facts',
  why: `it asks for ${asks} now, and facts in the log may have ${gets}`,
});

const refusedByRunningCode = ({ path, rule, asks, gets }: Refusal): Break => ({
  path,
  rule,
  hurts: 'running code',
  why: `it may have ${gets} now, and code that is still running asks for ${asks}`,
});

const changedNames = (released: JsonSchema, current: JsonSchema): readonly Break[] =>
  (['key', 'correlation'] as const)
    .filter((name) => released[name] !== current[name])
    .map((name) =>
      meaning(
        '',
        name,
        `its ${name} was ${nameOf(released[name])} and is ${nameOf(current[name])} now: ${MEANING[name]}`,
      ),
    );

const MEANING = {
  key: 'facts before and after would not be kept in one order',
  correlation: 'facts before and after would belong to different stories',
};

const nameOf = (field: unknown): string => (typeof field === 'string' ? field : 'none');

const goneFields = (before: ReadonlyMap<string, Field>, after: ReadonlyMap<string, Field>): readonly Break[] =>
  [...before.keys()]
    .filter((path) => !after.has(path))
    .map((path) => meaning(path, 'field', 'it is gone, and facts in the log still have it'));

const newFields = (before: ReadonlyMap<string, Field>, after: ReadonlyMap<string, Field>): readonly string[] => {
  const added = [...after.keys()].filter((path) => !before.has(path));
  return added.filter((path) => !added.some((outer) => isWithin(path, outer)));
};

const changedFields = (before: ReadonlyMap<string, Field>, after: ReadonlyMap<string, Field>): readonly Break[] =>
  [...after].flatMap(([path, field]): Break[] => {
    const known = before.get(path);
    if (!known) return [];
    return [
      ...(known.isPersonal && !field.isPersonal
        ? [meaning(path, 'personal', 'it was about a person, and is no longer tagged so')]
        : []),
      ...(known.standIn !== field.standIn
        ? [
            meaning(
              path,
              'default',
              `left out it meant ${nameOf(known.standIn)}, and means ${nameOf(field.standIn)} now`,
            ),
          ]
        : []),
    ];
  });

const meaning = (path: string, rule: Break['rule'], why: string): Break => ({ path, rule, hurts: 'meaning', why });

const isWithin = (path: string, outer: string): boolean =>
  path !== outer && path.startsWith(outer) && /^[.[(]/.test(path.slice(outer.length));

/** A field that is gone, or new and asked for, is told once; not what follows from it. */
function withoutEchoes(breaks: readonly Break[]): readonly Break[] {
  const told = new Set<string>();
  return breaks.filter(({ path, rule }) => {
    const isEcho = rule === 'field' && [...told].some((other) => path === other || isWithin(path, other));
    if (rule === 'field') told.add(path);
    return !isEcho;
  });
}

/** The order in which names are listed means nothing. */
const inOrder = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(inOrder);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([name, part]) => [
      name,
      ['required', 'enum', 'rules'].includes(name) && Array.isArray(part)
        ? part.map(canonicalJson).toSorted()
        : inOrder(part),
    ]),
  );
};
