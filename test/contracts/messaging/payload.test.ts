import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent, InvalidEvent } from '#events/messaging/facts/event';
import { assertFaithfulJson } from '#events/messaging/facts/json';

const Anything = defineEvent('desk.AnythingSaid', 1, z.object({ what: z.unknown() }));

describe('a payload', () => {
  test.each([
    ['a NUL byte', 'a\0b', 'what contains a NUL byte'],
    ['a NUL byte in the name of a field', { 'a\0b': 1 }, 'contains a NUL byte'],
    ['a lone surrogate', '\ud800', 'what contains a lone surrogate'],
    ['NaN', Number.NaN, 'what is NaN'],
    ['infinity', [Number.NEGATIVE_INFINITY], 'what[0] is -Infinity'],
    ['a whole number beyond 2^53', { deep: 2 ** 53 + 2 }, 'what.deep is beyond 2^53'],
    ['negative zero', -0, 'what is negative zero'],
    ['a BigInt', 1n, 'what is a bigint'],
    ['nothing inside a list', [1, undefined], 'what[1] is undefined inside a list'],
    ['a map', new Map(), 'what is a object'],
    ['a date', new Date(0), 'what is a object'],
    ['a function', () => 1, 'what is a function'],
  ])('with %s is refused when the fact is made, and its field is named', (_what, what, why) => {
    expect(() => Anything({ what })).toThrow(InvalidEvent);
    expect(() => Anything({ what })).toThrow(why);
  });

  property.prop([fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true })])(
    'that is not refused reads back from JSON as it was',
    (value) => {
      try {
        assertFaithfulJson(value);
      } catch {
        return;
      }
      const text = JSON.stringify({ value });
      expect(JSON.parse(text)).toEqual({ value: plain(value) });
    },
  );
});

/** Absent fields and fields that are undefined are the same; so are objects with a prototype and without. */
const plain = (value: unknown): unknown => (value === undefined ? undefined : structuredClone(value));
