import asyncApiSchema from '@asyncapi/specs/schemas/3.0.0.json' with { type: 'json' };
import { Ajv, type Options } from 'ajv';
import formats from 'ajv-formats';
import { z } from 'zod';
import { beforeAll, describe, expect, test } from 'vitest';
import { type AsyncApiDocument, describeEvents } from '#app/asyncapi';
import { readHearers } from '#app/cli/contracts/hearers';
import { toCloudEvent } from '#events/messaging/facts/cloud-event';
import { toDraft7 } from '#events/messaging/facts/compatibility/draft-7';
import { defineEvent } from '#events/messaging/facts/event';
import type { RecordedEvent } from '#events/messaging/log/log';
import { jsonSchemaOf } from '#events/messaging/facts/schema';
import { publishedLanguage } from '#events/registry';
import { expectNone } from '../../support/expect-none.ts';
import { openMemorySystem } from '../../support/system.ts';
import { openShop } from '../../scenarios/shop.ts';

const createAjv = (options: Options = {}) => {
  const ajv = new Ajv({ strict: false, allErrors: true, ...options });
  formats.default(ajv);
  return ajv;
};

/** AsyncAPI's own schema brings the schema of schemas along. */
const problemsOf = (document: unknown) => {
  const ajv = createAjv({ meta: false, validateSchema: false });
  const { $schema: _dialect, ...schema } = asyncApiSchema as Record<string, unknown>;
  ajv.validate(schema, document);
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
};

const referencesIn = (part: unknown): string[] => {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) =>
    name === '$ref' && typeof value === 'string' ? [value] : referencesIn(value),
  );
};

const pointedAt = (document: unknown, reference: string): unknown =>
  reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);

/** Everything that is published on an order's way. */
async function tellAnOrder(): Promise<readonly RecordedEvent[]> {
  await using system = await openMemorySystem();
  const shop = await openShop(system, [6, 4]);
  const orderId = await shop.order(8);
  await system.drain();
  await shop.deliverAll(orderId);
  return system.backbone.findStory(orderId);
}

describe('the AsyncAPI document', () => {
  let document: AsyncApiDocument;
  beforeAll(async () => {
    document = describeEvents({
      language: publishedLanguage,
      released: [],
      hearers: await readHearers(),
      version: '1.0.0',
    });
  });

  test('is one of version 3.0', () => {
    expectNone('the document goes by AsyncAPI 3.0', problemsOf(document));
  });

  test('would be found out if it were not', () => {
    expect(problemsOf({ ...document, channels: { x: { address: 1 } } })).not.toEqual([]);
    expect(problemsOf({ ...document, operations: { x: { action: 'shout' } } })).not.toEqual([]);
    expect(problemsOf({ asyncapi: '3.0.0' })).not.toEqual([]);
  });

  test('refers to nothing that is not in it', () => {
    const references = [...new Set(referencesIn(document))];
    expect(references.length).toBeGreaterThan(10);
    expectNone(
      'the document holds all that it refers to, but not',
      references.filter((reference) => pointedAt(document, reference) === undefined),
    );
  });

  test('has a channel for every event, an operation for each that publishes it and for each that hears it', async () => {
    expect(Object.keys(document.channels)).toEqual(publishedLanguage.map(({ type }) => type).toSorted());
    const operations = Object.entries(document.operations);
    expect(operations.filter(([, { action }]) => action === 'send')).toHaveLength(publishedLanguage.length);
    const heard = (await readHearers()).flatMap(({ name, types }) => types.map((type) => `${name}.hears.${type}`));
    expect(heard.length).toBeGreaterThan(0);
    expect(
      operations
        .filter(([, { action }]) => action === 'receive')
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(heard.toSorted());
  });

  test('describes what is published on an order’s way', async () => {
    const facts = await tellAnOrder();
    expect(new Set(facts.map(({ type }) => type)).size).toBeGreaterThan(3);
    const ajv = createAjv();
    ajv.addSchema({ ...document, $id: 'https://example.invalid/document' });
    for (const fact of facts) {
      const event = toCloudEvent(fact);
      const validate = ajv.compile({
        $ref: `https://example.invalid/document#/components/messages/${event.type}/payload`,
      });
      expect({ type: event.type, isValid: validate(event), errors: validate.errors }).toEqual({
        type: event.type,
        isValid: true,
        errors: null,
      });
      expect(validate({ ...event, data: {} })).toBe(false);
      expect(validate({ ...event, type: 'other' })).toBe(false);
    }
  });

  test('holds every version that may still be in the log', () => {
    const schema = z.object({ a: z.string() });
    const before = defineEvent('desk.NoteTaken', 1, schema);
    const now = defineEvent('desk.NoteTaken', 2, z.object({ a: z.int() }), { upcast: { 1: (old) => old } });
    const released = [{ ...before, schema: jsonSchemaOf(before) }];
    const hearers = [{ name: 'desk.file', types: ['desk.NoteTaken'] }];
    const own = describeEvents({ language: [now], released, hearers, version: '1.0.0' });
    expectNone('the document goes by AsyncAPI 3.0', problemsOf(own));
    expect(Object.keys(own.components.messages)).toEqual(['desk.NoteTaken.v1', 'desk.NoteTaken.v2']);
    expect(own.operations['desk.publishes.NoteTaken']!.messages).toHaveLength(1);
    expect(own.operations['desk.file.hears.desk.NoteTaken']!.messages).toHaveLength(2);
  });
});

describe('a schema in the words of draft 7', () => {
  test('says the same', () => {
    const tree = z.object({
      prefixItems: z.string(),
      pair: z.tuple([z.string(), z.int()], z.boolean()),
      get parts() {
        return z.array(tree);
      },
      get other() {
        return z.object({ tree }).optional();
      },
    });
    const schema = z.object({ first: tree, second: tree, $defs: z.enum(['key', 'rules']) });
    const json = jsonSchemaOf(defineEvent('desk.NoteTaken', 1, schema));
    const ajv = createAjv();
    ajv.addSchema({ $id: 'https://example.invalid/document', place: toDraft7(json, '#/place') });
    const validate = ajv.compile({ $ref: 'https://example.invalid/document#/place' });
    const leaf = { prefixItems: 'x', pair: ['a', 1, true], parts: [] };
    const good = { first: { ...leaf, parts: [leaf], other: { tree: leaf } }, second: leaf, $defs: 'key' };
    expect([validate(good), validate.errors]).toEqual([true, null]);
    for (const bad of [
      { ...good, second: { ...leaf, pair: ['a', 'b'] } },
      { ...good, second: { ...leaf, pair: ['a', 1, 'c'] } },
      { ...good, first: { ...leaf, parts: [{}] } },
      { ...good, $defs: 'other' },
    ]) {
      expect(validate(bad)).toBe(false);
      expect(schema.safeParse(bad).success).toBe(false);
    }
  });
});

describe('a CloudEvent', () => {
  const recorded: RecordedEvent = {
    position: 42,
    id: '01900000-0000-7000-8000-000000000000',
    type: 'checkout.OrderCompleted',
    version: 1,
    tenantId: 'default' as RecordedEvent['tenantId'],
    key: 'k',
    data: '{"orderId":"k"}',
    occurredAt: new Date('2026-01-01T00:00:00.001Z'),
    recordedAt: new Date('2026-01-01T00:00:00.002Z'),
    correlationId: '01900000-0000-7000-8000-000000000001',
    causationId: '01900000-0000-7000-8000-000000000002',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    actor: 'test',
    source: 'checkout.advanceOrder',
  };

  test('says of a fact what the log says', () => {
    expect(toCloudEvent(recorded)).toEqual({
      specversion: '1.0',
      id: '01900000-0000-7000-8000-000000000000',
      source: '/microlith/checkout',
      type: 'checkout.OrderCompleted.v1',
      subject: 'k',
      time: '2026-01-01T00:00:00.001Z',
      datacontenttype: 'application/json',
      dataschema: 'urn:microlith:event:checkout.OrderCompleted:v1',
      recordedtime: '2026-01-01T00:00:00.002Z',
      sequence: '0000000000000042',
      correlationid: '01900000-0000-7000-8000-000000000001',
      causationid: '01900000-0000-7000-8000-000000000002',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      tenantid: 'default',
      actor: 'test',
      publishedby: 'checkout.advanceOrder',
      data: { orderId: 'k' },
    });
  });

  test('leaves out what a fact does not have', () => {
    const event = toCloudEvent({ ...recorded, key: null, traceparent: null });
    expect(event).not.toHaveProperty('subject');
    expect(event).not.toHaveProperty('traceparent');
  });

  test('has names of lower case letters and digits, no longer than twenty', () => {
    expectNone(
      'CloudEvents does not take the name of',
      Object.keys(toCloudEvent(recorded)).filter((name) => !/^[a-z0-9]{1,20}$/.test(name)),
    );
  });

  test('sorts by its sequence as by its position', () => {
    const sequences = [9, 10, 1_000_000_000_000, Number.MAX_SAFE_INTEGER].map(
      (position) => toCloudEvent({ ...recorded, position }).sequence,
    );
    expect(sequences.toSorted()).toEqual(sequences);
  });
});
