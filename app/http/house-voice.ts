import type { z } from 'zod';

/** How a broken rule reads that does not have words of its own: after the name of the field, without JavaScript. */
export const houseVoice: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : `must be ${issue.values.map(String).join(' or ')}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? `must match ${issue.pattern ?? issue.format}`;
    case 'too_small':
      return limit(issue.origin, 'at least', issue.minimum);
    case 'too_big':
      return limit(issue.origin, 'at most', issue.maximum);
    case 'invalid_union':
      return issue.input === undefined ? 'is missing' : 'has none of the forms that it may have';
    default:
      return undefined;
  }
};

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'must be a UUID',
  email: 'must be an e-mail address',
  url: 'must be a URL',
  datetime: 'must be a moment in UTC such as 2026-01-31T12:00:00Z',
};

function limit(origin: string, bound: 'at least' | 'at most', value: number | bigint): string {
  const unit = UNITS[origin];
  if (unit && value === 1 && bound === 'at least') return 'must not be empty';
  return unit ? `must have ${bound} ${value} ${unit}` : `must be ${bound} ${value}`;
}

const UNITS: Readonly<Record<string, string>> = { string: 'characters', array: 'items' };
