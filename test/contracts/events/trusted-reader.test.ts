import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { codec, publishedLanguage } from '#events/registry';
import type { EventDeclaration } from '#events/messaging/facts/event';
import type { RecordedEvent } from '#events/messaging/log/log';
import { wireSchemaOf } from '#events/messaging/facts/schema';
import { DOUBTFUL, trustedReaderOf } from '#events/messaging/facts/trusted-reader';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';
import { type JsonSchema, Values } from '../../http/arbitrary.ts';
import { models, schemaOf, writtenBy } from './schema-models.ts';

const ID = '01900000-0000-7000-8000-000000000000';

const recorded = ({ type, version }: EventDeclaration, data: string): RecordedEvent => ({
  position: 1,
  id: ID,
  type,
  version,
  data,
  key: null,
  tenantId: DEFAULT_TENANT,
  occurredAt: new Date(0),
  recordedAt: new Date(0),
  correlationId: ID,
  causationId: ID,
  traceparent: null,
  actor: 'test',
  source: 'test',
});

/** All that may be published as such a fact. */
const payloadsOf = ({ schema }: EventDeclaration) =>
  new Values(new Map([['things', new Set([ID])]]), Number.POSITIVE_INFINITY)
    .of(wireSchemaOf(schema) as JsonSchema)
    .map((value) => z.safeDecode(schema, value))
    .filter(({ success }) => success)
    .map(({ data }) => z.encode(schema, data));

describe.each(publishedLanguage)('$type', (declaration) => {
  test('is read as its schema decodes it, without being held against its rules again', () => {
    const read = trustedReaderOf(declaration.schema);
    fc.assert(
      fc.property(payloadsOf(declaration), (payload) => {
        const fact = recorded(declaration, JSON.stringify(payload));
        expect(read(JSON.parse(fact.data))).not.toBe(DOUBTFUL);
        const { data } = codec.decode(fact);
        expect(data).toEqual(codec.check(fact).data);
        expect(isFrozen(data)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

describe('what a schema reads', () => {
  const anything = models.chain((model) =>
    fc.tuple(fc.constant(schemaOf(model)), fc.oneof(writtenBy(model), models.chain(writtenBy))),
  );

  test('is read alike where it is trusted, whatever the schema, and is never trusted where its shape is another', () => {
    const trusted = { alike: 0, doubted: 0 };
    fc.assert(
      fc.property(anything, (schemaAndValue) => {
        const [schema, value] = schemaAndValue;
        const decoded = z.safeDecode(schema, structuredClone(value));
        const read = trustedReaderOf(schema)(structuredClone(value));
        expect(read).toEqual(read === DOUBTFUL ? DOUBTFUL : trustworthy(decoded, read));
        trusted[read === DOUBTFUL ? 'doubted' : 'alike'] += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(...Object.values(trusted))).toBeGreaterThan(100);
  });

  const Instant = z.codec(z.string(), z.date(), { decode: (text) => new Date(text), encode: (at) => at.toISOString() });
  const refusing = z.codec(z.string(), z.string(), {
    decode: (text, { issues, value }) => {
      issues.push({ code: 'custom', input: value, message: 'never' });
      return text;
    },
    encode: (text) => text,
  });

  test.each([
    ['a missing field', z.object({ a: z.string() }), {}],
    ['a field too many', z.object({ a: z.string() }), { a: '', b: '' }],
    ['a field that is to be filled in', z.object({ a: z.string().default('x') }), {}],
    ['a field named __proto__', z.object({}), JSON.parse('{ "__proto__": {} }')],
    ['null', z.string().optional(), null],
    ['another value of a list', z.enum(['a', 'b']), 'c'],
    ['what a codec refuses', refusing, 'a'],
    ['what is changed when it is read', z.string().transform((text) => text.length), 'a'],
    ['what may be of several kinds', z.union([z.string(), z.number()]), 'a'],
  ])('is not trusted: %s', (_what, schema, value) => {
    expect(trustedReaderOf(schema)(value)).toBe(DOUBTFUL);
  });

  test.each([
    ['an optional field that is missing', z.object({ a: z.string().optional() }), {}, {}],
    ['nothing', z.string().nullable(), null, null],
    [
      'what a codec decodes',
      z.object({ at: Instant }),
      { at: '2026-01-02T03:04:05.678Z' },
      { at: new Date(1767323045678) },
    ],
  ])('is trusted: %s', (_what, schema, value, decoded) => {
    expect(trustedReaderOf(schema)(value)).toEqual(decoded);
  });
});

/** What may be read: what the schema decodes; of what breaks its rules alone, anything. */
function trustworthy(decoded: z.ZodSafeParseResult<unknown>, read: unknown): unknown {
  if (decoded.success) return decoded.data;
  return decoded.error.issues.some(isOfShape) ? DOUBTFUL : read;
}

/** Issues that no fact has which this code, or an older release of the same version, published. */
const isOfShape = ({ code, ...issue }: z.core.$ZodIssue): boolean =>
  ['unrecognized_keys', 'invalid_value'].includes(code) || (code === 'invalid_type' && !isWholeNumber(issue));

const isWholeNumber = (issue: object): boolean => 'expected' in issue && issue.expected === 'int';

function isFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozen);
}
