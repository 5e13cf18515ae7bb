import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyFacts } from '#events/messaging/adapters/postgresql/log/copied-facts';
import { appendStatement } from '#events/messaging/adapters/postgresql/log/log-statements';
import { connectionOptions } from '#events/messaging/adapters/postgresql/transactions/pool';
import { send } from '#events/messaging/adapters/postgresql/transactions/statement';
import type { EventDraft, RecordedEvent } from '#events/messaging/log/log';
import type { TenantId } from '#shared-kernel/tenant';
import { type Desk, openDesk } from '../support/desk.ts';

const text = fc.string({ unit: 'binary' }).map((some) => some.replaceAll('\0', '').toWellFormed());
const draft: fc.Arbitrary<EventDraft> = fc.record({
  id: fc.uuid(),
  type: fc.constantFrom('desk.NoteTaken', 'desk.NoteTorn'),
  version: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  tenantId: text as fc.Arbitrary<TenantId>,
  key: fc.option(text),
  data: fc.oneof(
    { weight: 9, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.nat(150_000).map((length) => JSON.stringify('x'.repeat(length))) },
  ),
  occurredAt: fc.date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
  correlationId: fc.uuid(),
  causationId: fc.uuid(),
  traceparent: fc.option(text),
  actor: text,
  source: text,
});

describe('facts that are copied out of the log', () => {
  let desk: Desk;
  let client: pg.Client;
  beforeAll(async () => {
    desk = await openDesk();
    client = new pg.Client(connectionOptions(desk.database.address));
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await desk[Symbol.asyncDispose]();
  });

  test('are those that are read as text, field by field', async () => {
    const drafts = fc.sample(draft, { numRuns: 300, seed: 7 });
    await send(client, appendStatement(drafts));
    const asText = await desk.source.rows(0, 1_000);
    expect(asText).toHaveLength(drafts.length);
    expect((await copyFacts(client, 0, 1_000)).map(plain)).toEqual(asText);
    expect((await copyFacts(client, 10, 12)).map(plain)).toEqual(asText.slice(9, 12));
    expect((await desk.source.rows(0, 1_000)).map(plain)).toEqual(asText);
  });

  test('are none where there are none', async () => {
    expect(await copyFacts(client, 5_000, 6_000)).toEqual([]);
  });

  test('leave a connection that goes on where they could not be had', async () => {
    await client.query('alter table messaging.log rename to gone');
    await expect(copyFacts(client, 0, 1)).rejects.toMatchObject({ code: '42P01' });
    await client.query('alter table messaging.gone rename to log');
    const [copied, answer] = await Promise.all([copyFacts(client, 1, 2), client.query('select 1 as one')]);
    expect(copied).toHaveLength(2);
    expect(answer.rows).toEqual([{ one: 1 }]);
  });

  test('are given up with a connection that does not answer', async () => {
    const impatient = new pg.Client({ ...connectionOptions(desk.database.address), query_timeout: 50 });
    impatient.on('error', () => undefined);
    await impatient.connect();
    await client.query('begin; lock table messaging.log');
    await expect(copyFacts(impatient, 0, 1)).rejects.toThrow('timeout');
    await client.query('rollback');
    await impatient.end();
  });
});

/** A fact with all that can be asked of it. */
const plain = (fact: RecordedEvent): RecordedEvent => ({
  position: fact.position,
  id: fact.id,
  type: fact.type,
  version: fact.version,
  tenantId: fact.tenantId,
  key: fact.key,
  data: fact.data,
  occurredAt: fact.occurredAt,
  recordedAt: fact.recordedAt,
  correlationId: fact.correlationId,
  causationId: fact.causationId,
  traceparent: fact.traceparent,
  actor: fact.actor,
  source: fact.source,
});
