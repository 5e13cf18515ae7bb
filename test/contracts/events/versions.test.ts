import { z } from 'zod';
import { describe, expect, test } from 'vitest';
import { EventCodec, NotYetKnown, Undecodable } from '#events/messaging/facts/codec';
import { defineEvent, InvalidEvent } from '#events/messaging/facts/event';
import type { RecordedEvent } from '#events/messaging/log/log';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';

const v3 = defineEvent('desk.NoteTaken', 3, z.object({ title: z.string(), words: z.int() }), {
  upcast: {
    1: ({ text }: { text: string }) => ({ title: text }),
    2: ({ title }: { title: string }) => ({ title, words: title.split(' ').length }),
  },
});

const recorded = (version: number, data: string): RecordedEvent => ({
  position: 1,
  id: '01900000-0000-7000-8000-000000000000',
  type: 'desk.NoteTaken',
  version,
  data,
  key: null,
  tenantId: DEFAULT_TENANT,
  occurredAt: new Date(0),
  recordedAt: new Date(0),
  correlationId: '01900000-0000-7000-8000-000000000001',
  causationId: '01900000-0000-7000-8000-000000000001',
  traceparent: null,
  actor: 'test',
  source: 'test',
});

const read = (version: number, data: unknown) => new EventCodec([v3]).decode(recorded(version, JSON.stringify(data)));

describe('a stored fact', () => {
  test.each([
    [1, { text: 'one two' }],
    [2, { title: 'one two' }],
    [3, { title: 'one two', words: 2 }],
  ])('of version %i is read as the newest, step by step', (version, data) => {
    expect(read(version, data)).toMatchObject({ version: 3, data: { title: 'one two', words: 2 } });
  });

  test('of the version that the code has is held against all of its rules only where somebody checks what is stored', () => {
    const half = recorded(3, JSON.stringify({ title: 'one', words: 0.5 }));
    expect(new EventCodec([v3]).decode(half).data).toEqual({ title: 'one', words: 0.5 });
    expect(() => new EventCodec([v3]).check(half)).toThrow('words');
  });

  test('of a version, or a type, that the code does not know yet is told from one that is broken', () => {
    expect(() => read(4, {})).toThrow(NotYetKnown);
    expect(() => new EventCodec([]).decode(recorded(1, '{}'))).toThrow(NotYetKnown);
  });

  test.each([
    ['whose step fails', 2, {}, 'its upcast 2 → 3 failed'],
    ['whose steps do not lead to the schema', 1, { text: 1 }, 'failed'],
    ['that is not what its schema says', 3, { title: 'one' }, 'words'],
    ['of a version before the first', 0, {}, 'there is no version 0'],
  ])('%s says so', (_what, version, data, why) => {
    expect(() => read(version, data)).toThrow(Undecodable);
    expect(() => read(version, data)).toThrow(why);
  });
});

describe('a declaration', () => {
  const schema = z.object({});
  const step = () => ({});

  test.each([
    [
      'a step is missing',
      3,
      { 1: step },
      'desk.NoteTaken: v3 has to say how older facts are read; upcast has no step 2 → 3',
    ],
    ['all steps are missing', 3, {}, 'upcast has no step 1 → 2, 2 → 3'],
    [
      'a step leads from the version itself',
      2,
      { 1: step, 2: step },
      'upcast has a step from v2, which is not older than v2',
    ],
    ['there is a step though nothing is older', 1, { 1: step }, 'upcast has a step from v1'],
    ['the version is not a whole number', 1.5, {}, 'a version is a whole number from 1, not 1.5'],
    ['the version is 0', 0, {}, 'a version is a whole number from 1, not 0'],
  ])('is refused where %s', (_what, version, upcast, why) => {
    const declare = () => defineEvent('desk.NoteTaken', version, schema, { upcast });
    expect(declare).toThrow(InvalidEvent);
    expect(declare).toThrow(why);
  });

  test('is refused beside another of its type', () => {
    const twin = defineEvent('desk.NoteTaken', 1, schema);
    expect(() => new EventCodec([twin, defineEvent('desk.NoteTaken', 1, schema)])).toThrow('declared twice');
  });
});
