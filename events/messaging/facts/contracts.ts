import type { Break } from './compatibility/compare.ts';
import { compareSchemas } from './compatibility/compare.ts';
import type { JsonSchema } from './compatibility/json-schema.ts';
import type { EventDeclaration } from './event.ts';
import { jsonSchemaOf, schemaFileOf } from './schema.ts';

/** The schema of one version of a fact, as it was released. */
export interface ReleasedSchema {
  readonly type: string;
  readonly version: number;
  readonly schema: JsonSchema;
}

/** How a fact of the code stands to what was released of it. */
export type Verdict = { readonly type: string; readonly version: number } & (
  | { readonly state: 'released' }
  /** Compatible with everything released: it may be released as it is. */
  | { readonly state: 'unreleased'; readonly additions: readonly string[] }
  | { readonly state: 'breaking'; readonly breaks: readonly Break[]; readonly advice: string }
);

/** Judges every fact that the code declares, and every one that it no longer does. */
export const judgeContracts = (
  language: readonly EventDeclaration[],
  released: readonly ReleasedSchema[],
): readonly Verdict[] => [
  ...language.map((declaration) =>
    judge(
      declaration,
      released.filter(({ type }) => type === declaration.type),
    ),
  ),
  ...released.filter(({ type }) => !language.some((declaration) => declaration.type === type)).map(judgeGone),
];

/** The addition of a fact of which nothing was released, in no version. */
export const FACT_IS_NEW = 'the fact is new';

function judge(declaration: EventDeclaration, released: readonly ReleasedSchema[]): Verdict {
  const { type, version } = declaration;
  const newest = Math.max(0, ...released.map((own) => own.version));
  if (newest > version) return judgeTurnedBack(declaration, newest);
  const own = released.find((one) => one.version === version);
  if (!own)
    return {
      type,
      version,
      state: 'unreleased',
      additions: [newest === 0 ? FACT_IS_NEW : `version ${version} is new`],
    };
  const { breaks, additions } = compareSchemas(own.schema, jsonSchemaOf(declaration));
  if (breaks.length > 0)
    return { type, version, state: 'breaking', breaks, advice: adviseNewVersion(declaration, breaks) };
  return additions.length > 0
    ? { type, version, state: 'unreleased', additions }
    : { type, version, state: 'released' };
}

const judgeTurnedBack = ({ type, version }: EventDeclaration, newest: number): Verdict => ({
  type,
  version,
  state: 'breaking',
  breaks: [
    {
      path: '',
      rule: 'type',
      hurts: 'stored facts',
      why: `version ${newest} was released, and the code knows no more than ${version}`,
    },
  ],
  advice: `Bring version ${newest} back, or make a version ${newest + 1} that is like version ${version}.`,
});

const judgeGone = ({ type, version }: ReleasedSchema): Verdict => ({
  type,
  version,
  state: 'breaking',
  breaks: [
    { path: '', rule: 'type', hurts: 'stored facts', why: 'it was released, and the code no longer declares it' },
  ],
  advice: `Keep its declaration, and just publish it no more. Once no log holds such facts (npx microlith contracts check --against), delete ${schemaFileOf({ type, version })} too.`,
});

function adviseNewVersion(
  { type, version, key, correlation, upcast }: EventDeclaration,
  breaks: readonly Break[],
): string {
  const [context] = type.split('.');
  const isOnlyWider = breaks.every(({ hurts }) => hurts === 'running code');
  const steps = [
    ...Object.keys(upcast).map((step) => `${step}: …`),
    `${version}: ${isOnlyWider ? '(old) => old' : '(old) => ({ …old })'}`,
  ];
  const options = [
    ...(key === null ? [] : [`key: '${key}'`]),
    ...(correlation === null ? [] : [`correlation: '${correlation}'`]),
    `upcast: { ${steps.join(', ')} }`,
  ];
  return [
    `Make it version ${version + 1} in events/${context}.ts, and say how a fact of version ${version} becomes one:`,
    `  defineEvent('${type}', ${version + 1}, z.object({ … }), { ${options.join(', ')} })`,
    `Leave ${schemaFileOf({ type, version })} as it is: facts like it are in the log. Code that knows only version ${version} keeps newer facts until it is replaced.`,
    'Then: npx microlith contracts release',
  ].join('\n');
}
