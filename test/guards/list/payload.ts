import type { Edit, Guard } from '../guard.ts';

const JSON_RULES = 'events/messaging/facts/json.ts';
const TEST = 'test/contracts/messaging/payload.test.ts';

/** A value that must be refused, the rule that refuses it, and the test. */
const refusal = (name: string, what: string, edit: Omit<Edit, 'file'>): Guard => ({
  name,
  hazard: 'a payload changes on its way',
  promise: `${what} is refused before anything is stored`,
  edits: [{ file: JSON_RULES, ...edit }],
  noticedBy: {
    file: TEST,
    title: `a payload > with ${what} is refused when the fact is made, and its field is named`,
  },
});

/** What is published is stored as it is, or refused before anything is stored. */
export const payload: readonly Guard[] = [
  {
    name: 'shape-checked',
    hazard: 'a payload changes on its way',
    promise: 'a fact that lacks a field is found out when it is read',
    edits: [
      {
        file: 'events/messaging/facts/trusted-reader.ts',
        snippet: 'return found === required ? Object.freeze(object) : DOUBTFUL;',
        replacement: 'return Object.freeze(object);',
      },
    ],
    noticedBy: {
      file: 'test/contracts/events/trusted-reader.test.ts',
      title: 'what a schema reads > is not trusted: a missing field',
    },
  },
  refusal('nul-refused', 'a NUL byte', {
    snippet: `if (value.includes('\\0')) return flaw('contains a NUL byte');`,
    replacement: '',
  }),
  refusal('nul-in-name-refused', 'a NUL byte in the name of a field', {
    snippet: 'flawInText(name) ?? flawIn(fields[name])',
    replacement: 'flawIn(fields[name])',
  }),
  refusal('lone-surrogate-refused', 'a lone surrogate', {
    snippet: `if (!value.isWellFormed()) return flaw('contains a lone surrogate');`,
    replacement: '',
  }),
  refusal('nan-refused', 'NaN', {
    snippet: 'if (!Number.isFinite(value)) return flaw(`is ${value}`);',
    replacement: '',
  }),
  refusal('negative-zero-refused', 'negative zero', {
    snippet: `if (Object.is(value, -0)) return flaw('is negative zero');`,
    replacement: '',
  }),
  refusal('beyond-2-53-refused', 'a whole number beyond 2^53', {
    snippet: `if (Number.isInteger(value) && !Number.isSafeInteger(value)) return flaw('is beyond 2^53');`,
    replacement: '',
  }),
  refusal('bigint-refused', 'a BigInt', {
    snippet: 'return flaw(`is a ${typeof value} that JSON cannot hold`);',
    replacement: 'return undefined;',
  }),
  refusal('undefined-in-list-refused', 'nothing inside a list', {
    snippet: `list[at] === undefined ? flaw('is undefined inside a list') : flawIn(list[at])`,
    replacement: 'flawIn(list[at])',
  }),
  refusal('map-refused', 'a map', {
    snippet: `typeof value === 'object' && isPlain(value)`,
    replacement: `typeof value === 'object' && (isPlain(value) || true)`,
  }),
  {
    name: 'payload-checked',
    hazard: 'a payload changes on its way',
    promise: 'every fact is checked when it is made',
    edits: [
      {
        file: 'events/messaging/facts/event.ts',
        snippet: 'assertFaithfulJson(encoded.data);',
        replacement: 'void assertFaithfulJson;',
      },
    ],
    noticedBy: {
      file: TEST,
      title: 'a payload > with a lone surrogate is refused when the fact is made, and its field is named',
    },
  },
  {
    name: 'payload-as-text',
    hazard: 'a payload changes on its way',
    promise: 'the log gives a payload back as the text that it was',
    edits: [
      {
        file: 'migrations/messaging/log/0001_create_log.ts',
        snippet: 'data json not null',
        replacement: 'data jsonb not null',
      },
    ],
    noticedBy: {
      file: 'test/database/log.test.ts',
      title: 'the log > gives a payload back exactly as it was published',
    },
  },
];
