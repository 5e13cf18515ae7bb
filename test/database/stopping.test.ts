import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { histories } from '#app/contexts';
import { InvoiceId, newId } from '#shared-kernel/ids';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/eventually.ts';
import { openSystemOn, type TestSystem } from '../support/system.ts';

const MEMBERS = `select objid::text as name, pid from pg_locks
  where locktype = 'advisory' and objsubid = 2 and database = (select oid from pg_database where datname = current_database())`;

const ignore = () => undefined;

describe('a process that stops', () => {
  let database: TestDatabase;
  let system: TestSystem;
  let member: { readonly name: string; readonly pid: number };
  let stop: () => Promise<void>;
  beforeEach(async () => {
    database = await createDatabase(histories);
    system = await openSystemOn(database.address, { reportError: ignore });
    const stopping = new AbortController();
    const running = system.run(stopping.signal);
    member = await untilSeen();
    stop = async () => {
      stopping.abort();
      await running;
    };
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const members = () => database.query<typeof member>(MEMBERS);
  const untilSeen = async () => {
    await until(async () => expect(await members()).toHaveLength(1));
    return (await members())[0]!;
  };
  /** A call that goes on until it is told how it ends. */
  const beginCall = async () => {
    const ended = Promise.withResolvers<never>();
    let hasBegun = false;
    const voidCapture = () => {
      hasBegun = true;
      return ended.promise;
    };
    Object.assign(system.gateway, { voidCapture });
    await database.query(
      `insert into billing.request (tenant_id, kind, id, payload, execution, attempts, due_at)
       values ('default', 'billing.voidCapture', '1', $1, '{"tenantId":"default"}', 0, now())`,
      [{ invoiceId: newId(InvoiceId) }],
    );
    await until(async () => expect(hasBegun).toBe(true));
    return ended;
  };

  test('is seen by others until it is closed, also where it loses its connection meanwhile', async () => {
    await stop();
    await database.query('select pg_terminate_backend($1, 10000)', [member.pid]);
    await until(async () => expect(await members()).toMatchObject([{ name: member.name }]));
    await system.close();
    expect(await members()).toEqual([]);
  });

  test('is seen by others until its calls have ended, and how they ended is written', async () => {
    const call = await beginCall();
    await stop();
    const closed = system.close();
    await database.query('select pg_terminate_backend($1, 10000)', [member.pid]);
    await until(async () => expect(await members()).toMatchObject([{ name: member.name }]));
    call.reject(new Error('busy'));
    await closed;
    expect(await members()).toEqual([]);
    const [request] = await database.query('select leased_by, attempts, error from billing.request');
    expect(request).toMatchObject({ leased_by: null, attempts: 1, error: expect.stringContaining('busy') as string });
  });
});
