import { type Alternative, canonicalJson, isOfType, isSameJson } from './json-schema.ts';
import { refusedRules } from './keywords.ts';
import { isNumberWithin, isTextWithin } from './limits.ts';
import type { Refusal } from './refusal.ts';

/** Values that are counted out are looked at one by one. */
export function refusedValues(ways: readonly Alternative[], written: Alternative, path: string): readonly Refusal[] {
  const refused = written.values!.filter((value) => !ways.some((way) => permits(way, value, written)));
  return refused.length === 0
    ? []
    : [{ path, rule: 'value', asks: describeWays(ways), gets: refused.map(canonicalJson).join(' or ') }];
}

/** What a reader takes, in words. */
export const describeWays = (ways: readonly Alternative[]): string =>
  ways.length === 0 ? 'nothing at all' : [...new Set(ways.map(describeWay))].join(' or ');

const describeWay = ({ type, values }: Alternative): string =>
  values ? values.map(canonicalJson).join(' or ') : TYPE_NAMES[type];

const TYPE_NAMES = {
  null: 'null',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  array: 'a list',
  object: 'an object',
} as const;

/** Of lists and objects only those that are counted out are known to be permitted. */
function permits({ type, values, parts }: Alternative, value: unknown, written: Alternative): boolean {
  if (!isOfType(value, type)) return false;
  if (values && !values.some((own) => isSameJson(own, value))) return false;
  if (parts.some((part) => refusedRules(part, written, '').length > 0)) return false;
  if (typeof value === 'string') return parts.every((part) => isTextWithin(part, value));
  if (typeof value === 'number') return parts.every((part) => isNumberWithin(part, value));
  return values !== undefined;
}
