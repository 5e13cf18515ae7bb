import fc from 'fast-check';
import { z } from 'zod';
import { describe, expect, test } from 'vitest';
import { findRefusals } from '#events/messaging/facts/compatibility/refusals';
import type { JsonSchema } from '#events/messaging/facts/compatibility/json-schema';
import { wireSchemaOf } from '#events/messaging/facts/schema';
import { changed, models, schemaOf, writtenBy } from './schema-models.ts';

type Find = typeof findRefusals;

const SAMPLES = 10;

const jsonOf = (schema: z.ZodType): JsonSchema => wireSchemaOf(schema);

/** Pairs that have much in common, as an old and a new schema have. */
const pairs = models.chain((writer) =>
  fc.tuple(fc.constant(writer), fc.oneof(changed(writer), changed(writer).chain(changed), models)),
);

/** Something that was written by the one schema and does not read by the other, although the check found no refusal. */
function lookForCounterexample(find: Find, numRuns: number) {
  let fitting = 0;
  const outcome = fc.check(
    fc.property(pairs, fc.nat(), ([writer, reader], seed) => {
      const [own, other] = [schemaOf(writer), schemaOf(reader)];
      if (find(jsonOf(other), jsonOf(own)).length > 0) return;
      fitting += 1;
      for (const value of fc.sample(writtenBy(writer), { seed, numRuns: SAMPLES })) {
        if (!own.safeParse(value).success) continue;
        const read = z.safeDecode(other, value);
        if (!read.success) throw new Error(`${JSON.stringify(value)} is refused: ${z.prettifyError(read.error)}`);
      }
    }),
    { numRuns, seed: 20_260_731, endOnFailure: true },
  );
  return { outcome, fitting };
}

describe('a schema that refuses nothing of another', () => {
  test('reads everything that was written by it', () => {
    const { outcome, fitting } = lookForCounterexample(findRefusals, 1_000);
    expect(outcome.failed ? fc.defaultReportMessage(outcome) : 'reads everything').toBe('reads everything');
    expect(fitting).toBeGreaterThan(100);
  });

  test.each(['field', 'type', 'value', 'limit', 'form'])(
    'would be wrong about it if it did not look at the %s',
    (rule) => {
      const careless: Find = (reader, writer) =>
        findRefusals(reader, writer).filter((refusal) => refusal.rule !== rule);
      expect(lookForCounterexample(careless, 2_000).outcome.failed).toBe(true);
    },
  );
});
