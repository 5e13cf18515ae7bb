import { type Alternative, canonicalJson, isSameJson, type JsonSchema } from './json-schema.ts';
import type { Refusal } from './refusal.ts';

/** Keywords that say nothing about which values there are. */
const ANNOTATIONS =
  '$schema $id $comment id title description examples deprecated default readOnly writeOnly key correlation personal';

/** Keywords that a check of ours looks at. Any other has to be the same on both sides. */
const CHECKED =
  'type const enum rules minLength maxLength pattern format contentEncoding contentMediaType minimum maximum exclusiveMinimum exclusiveMaximum multipleOf items prefixItems minItems maxItems properties required additionalProperties propertyNames';

const UNDERSTOOD = new Set(`${ANNOTATIONS} ${CHECKED}`.split(' '));

/** What only the same on both sides is sure to meet: rules in code, and keywords that no check understands. */
export const refusedRules = (part: JsonSchema, { parts }: Alternative, path: string): readonly Refusal[] => {
  const rules = listOf(part.rules).filter((rule) => !parts.some((own) => listOf(own.rules).includes(rule)));
  const keywords = Object.keys(part).filter(
    (keyword) => !UNDERSTOOD.has(keyword) && !parts.some((own) => isSameJson(own[keyword], part[keyword])),
  );
  const asked = [
    ...rules.map((rule) => `the rule ${canonicalJson(rule)}`),
    ...keywords.map((keyword) => `${keyword} ${canonicalJson(part[keyword])}`),
  ];
  return asked.map((asks) => ({ path, rule: 'rule', asks, gets: 'something not held to it' }));
};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
