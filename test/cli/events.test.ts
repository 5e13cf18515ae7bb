import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataOf } from '#app/cli/events/personal';
import { histories } from '#app/contexts';
import { startChild, urlOf } from '../app/child.ts';
import { openApi, type TestApi } from '../http/api.ts';
import { idOf, openShop } from '../http/shop.ts';
import { shipTo } from '../support/address.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/eventually.ts';
import { openSystemOn } from '../support/system.ts';
import { type CommandResult, runCommand } from './command-line.ts';

const BILLING = 'billing.billOrders';
const ID = '00000000-0000-7000-8000-000000000000';
const UUID = expect.stringMatching(/^[\da-f-]{36}$/);
const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
/** What is parked stays so for as long as these tests take. */
const AN_HOUR = 3_600_000;
const because = ['--reason', 'a test'];

describe('microlith events', () => {
  let database: TestDatabase;
  let api: TestApi;
  let orderId: string;
  /** Of the fact that billing could not handle. */
  let eventId: string;
  let running: Promise<void>;
  const ending = new AbortController();
  beforeAll(async () => {
    database = await createDatabase(histories);
    api = await openApi(
      openSystemOn(database.address, {
        laneSettings: { retry: { first: AN_HOUR, longest: AN_HOUR } },
        reportError: () => undefined,
      }),
    );
    const shop = await openShop(api);
    await database.query('alter table billing.billable_orders add constraint lately check (to_bill is null) not valid');
    orderId = await idOf(shop.order(1));
    await api.system.drain();
    await database.query('alter table billing.billable_orders drop constraint lately');
    const [placed] = await database.query<{ id: string }>(
      `select id from messaging.log where type = 'checkout.OrderPlaced'`,
    );
    eventId = placed!.id;
    running = api.system.run(ending.signal);
    await untilARelayRuns();
  });
  afterAll(async () => {
    ending.abort();
    await running;
    await api[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const run = (...words: readonly string[]): Promise<CommandResult> => runCommand(database.address, 'events', ...words);
  const statusOf = () => api.system.backbone.readStatus!(api.system.hearers);
  const untilARelayRuns = () => until(async () => expect(await statusOf()).toMatchObject({ relays: 1 }));
  /** The server's few connections may all be busy for a moment, which is an alarm as well. */
  const untilAlarmsAre = (alarms: readonly object[]) =>
    until(async () => expect((await run('status', '--json')).json.alarms).toMatchObject(alarms));
  const untilBillingHasHandled = (what: { readonly parked: number }) =>
    until(async () => {
      const { lanes } = await statusOf();
      expect(lanes.find(({ subscriber }) => subscriber === BILLING)).toMatchObject({ behind: 0, ...what });
    });
  const operations = () =>
    database.query<{ action: string; reason: string }>('select action, reason from billing.operation order by id');

  test('status says of every lane how far it is, and exits with 1 where something needs a person', async () => {
    const well = await run('status', '--json');
    expect(well.json.lanes.find(({ subscriber }: { subscriber: string }) => subscriber === BILLING)).toEqual({
      subscriber: BILLING,
      position: expect.any(Number),
      behind: 0,
      isEstimated: false,
      behindSeconds: 0,
      oldestUnhandled: null,
      rate: expect.any(Number),
      stillSeconds: expect.any(Number),
      parked: 2,
      dead: 0,
      blockedKeys: [orderId],
      blockedKeyCount: 1,
      pausedBecause: null,
      heldBy: null,
      isRetired: false,
      isOrphaned: false,
      lostAfter: null,
    });
    expect(well.json).toMatchObject({
      end: expect.any(Number),
      floor: 0,
      relays: 1,
      appenders: [],
      gap: null,
      alarms: [],
    });
    expect(well.code).toBe(0);
    await database.query('update billing.parked set is_dead = true where error is not null');
    const ill = await run('status', '--json');
    expect(ill).toMatchObject({ code: 1, json: { alarms: [{ name: 'lane-dead', subject: BILLING }] } });
    const shown = await run('status');
    expect(shown.code).toBe(1);
    expect(shown.out).toContain(`! ${BILLING} has 1 dead event\n    npx microlith events parked list --dead`);
    expect(shown.out).toContain(`${BILLING} holds back: ${orderId}`);
  });

  test('show says what became of an event at each of its subscribers', async () => {
    const { json, code } = await run('show', eventId, '--json');
    expect(code).toBe(0);
    expect(json).toMatchObject({
      event: { id: eventId, type: 'checkout.OrderPlaced', correlationId: orderId, data: { orderId } },
      receptions: [
        { subscriber: BILLING, state: 'dead', attempts: 1, error: expect.stringContaining('check constraint') },
        {
          subscriber: 'fulfillment.reserveStockOnOrderPlaced',
          state: 'handled',
          at: INSTANT,
          attempts: 0,
          error: null,
        },
      ],
    });
    expect((await run('show', eventId)).out).toMatch(
      /checkout.OrderPlaced v1 .*\n.*\n(.*\n)*.*billing.billOrders +dead/,
    );
  });

  test('trace draws what was set aside as such, and why', async () => {
    const { out } = await runCommand(database.address, 'trace', orderId);
    expect(out).toMatch(/↳ billing\.billOrders {2}\+.* ✗ dead after 1 attempt: .*check constraint/);
    expect(out).toMatch(/↳ billing\.billOrders {2}\+.* ✗ parked: it waits behind an older one/);
    expect(out).toMatch(/↳ fulfillment\.reserveStockOnOrderPlaced {2}\+[^✗]*\n/);
  });

  test('show withholds what is about a person, unless that is wanted', async () => {
    const { event } = (await run('show', eventId, '--json')).json;
    const personal = { shipTo: '[personal]', billTo: '[personal]', paymentToken: '[personal]' };
    expect(event.data).toMatchObject({ orderId, lines: [{ quantity: 1 }], ...personal });
    expect((await run('show', eventId)).out).not.toMatch(/tok_approve|Ada Lovelace/);
    expect((await run('show', eventId, '--personal')).out).toMatch(/Ada Lovelace[^]*tok_approve/);
    const whole = (await run('show', eventId, '--personal', '--json')).json.event.data;
    expect(whole).toMatchObject({ shipTo, billTo: shipTo, paymentToken: 'tok_approve' });
  });

  test('a fact that the code does not know is withheld whole', () => {
    const unknown = { type: 'checkout.OrderPlaced', version: 2, data: '{"gift":"for Ada"}' };
    expect(dataOf(unknown, {})).toBe('[personal]');
    expect(dataOf(unknown, { personal: true })).toEqual({ gift: 'for Ada' });
  });

  test('tail withholds it as well', async () => {
    const words = ['events', 'tail', '--from-beginning', '--story', orderId];
    await using child = await startChild(words, { DATABASE_URL: urlOf(database.address) });
    expect(await child.until('paymentToken')).toContain('"shipTo":"[personal]"');
    child.signal('SIGINT');
    expect([await child.ended, child.output]).toEqual([0, expect.not.stringMatching(/tok_approve|Ada Lovelace/)]);
  });

  test('parked list and show say what is parked, by any filter', async () => {
    const { json } = await run('parked', 'list', '--json');
    const head = {
      subscriber: BILLING,
      eventId,
      type: 'checkout.OrderPlaced',
      tenantId: 'default',
      key: orderId,
      position: expect.any(Number),
      attempts: 1,
      isDead: true,
      isHead: true,
      parkedAt: INSTANT,
      dueAt: INSTANT,
      error: expect.any(String),
    };
    expect(json).toEqual([
      head,
      {
        ...head,
        eventId: UUID,
        type: expect.any(String),
        position: expect.any(Number),
        attempts: 0,
        isDead: false,
        isHead: false,
        error: null,
      },
    ]);
    for (const filter of [
      ['--dead'],
      ['--type', 'checkout.OrderPlaced'],
      ['--subscriber', BILLING, '--error', 'check constraint'],
      ['--key', orderId, '--limit', '1'],
    ])
      expect((await run('parked', 'list', '--json', ...filter)).json).toEqual([head]);
    const [one, all] = [await run('parked', 'list', '--limit', '1'), await run('parked', 'list', '--limit', '2')];
    expect([one.out, all.out]).toEqual([
      expect.stringMatching(/\nand 1 more \(see --limit\)\n$/),
      expect.not.stringContaining('more'),
    ]);
    expect(await run('parked', 'list', '--limit', '1', '--json')).toMatchObject({
      json: [head],
      error: 'and 1 more (see --limit)\n',
    });
    expect((await run('parked', 'list', '--key', 'none')).out).toBe('nothing that is parked matches\n');
    expect((await run('parked', 'show', eventId, '--json')).json).toEqual([head]);
  });

  test('parked retry, skip and discard act on heads, say what they would do first, and keep the reason', async () => {
    const plan = { heads: 1, behind: 1, leftAlone: 0, done: 0, isDryRun: true };
    for (const action of ['retry', 'skip', 'discard'])
      expect((await run('parked', action, '--all', '--dry-run', '--json')).json).toEqual({ action, ...plan });
    expect((await run('parked', 'discard', '--all', '--dry-run')).out).toBe(
      'would discard 1 and 1 that waits behind\n',
    );
    expect(await operations()).toEqual([]);
    const busy = await holdParked();
    expect(await run('parked', 'retry', eventId, ...because)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^retry: 0 of 1\n1 head was left alone: it is being tried at this moment, /),
    });
    await busy.end();
    expect((await run('parked', 'retry', eventId, '--json', ...because)).json).toMatchObject({
      done: 1,
      isDryRun: false,
    });
    expect((await run('parked', 'retry', '--all', '--dead', ...because)).code).toBe(1);
    await untilBillingHasHandled({ parked: 0 });
    expect((await run('parked', 'list')).out).toBe('nothing is parked\n');
    expect((await run('parked', 'list', '--json')).json).toEqual([]);
    expect(await operations()).toEqual([{ action: 'retry', reason: 'a test' }]);
    expect((await run('show', eventId, '--json')).json.receptions[0]).toMatchObject({ state: 'handled' });
  });

  /** Whoever tries what is parked at billing holds it. */
  const holdParked = async (): Promise<pg.Client> => {
    const holder = new pg.Client(database.address);
    await holder.connect();
    await holder.query('begin; select from billing.parked for update');
    return holder;
  };

  /** Dead events of one key: nobody tries them. */
  const parkDead = (count: number) =>
    database.query(`
      insert into billing.parked (tenant_id, lane_id, position, recorded_at, id, type, version, key, data, occurred_at,
                                  correlation_id, causation_id, actor, source, attempts, error, due_at, is_dead)
      select e.tenant_id, l.id, 1000000 + n, e.recorded_at, gen_random_uuid(), e.type, e.version, 'spare', e.data, e.occurred_at,
             e.correlation_id, e.causation_id, e.actor, e.source, 12, 'no paper', now(), true
        from messaging.log e, billing.lane l, generate_series(1, ${count}) n
       where e.id = '${eventId}' and '${BILLING}' = any(l.names) and l.retired_at is null`);

  test('parked skip of all leaves alone what waited behind what it skipped, and says so; what is named it skips', async () => {
    await parkDead(3);
    const skip = (...words: readonly string[]) => run('parked', 'skip', ...words, ...because);
    expect((await skip('--all')).out).toBe('skip: 1 of 1\n');
    const left =
      '1 head was left alone: it waited behind what was skipped for this reason; give another reason to skip it too\n';
    expect(await skip('--all')).toMatchObject({ code: 1, out: `skip: 0 of 0\n${left}`, error: '' });
    expect((await skip('--all', '--dry-run')).out).toBe(`would skip 0\n${left}`);
    expect((await skip('--all', '--json')).json).toMatchObject({ heads: 0, leftAlone: 1, done: 0 });
    const [head] = (await run('parked', 'list', '--json')).json;
    expect(await skip(head.eventId)).toMatchObject({ code: 0, out: 'skip: 1 of 1\n' });
    expect(await run('parked', 'skip', '--all', '--reason', 'another')).toMatchObject({ out: 'skip: 1 of 1\n' });
    expect((await run('parked', 'list', '--json')).json).toEqual([]);
  });

  test('names that only older code had are known, where the database has them', async () => {
    await parkDead(1);
    await database.query(`update billing.parked set type = 'checkout.OrderGone'`);
    expect((await run('parked', 'list', '--type', 'checkout.OrderGone', '--json')).json).toHaveLength(1);
    expect(await run('parked', 'list', '--type', 'billing.InvoiceIssued')).toMatchObject({
      code: 0,
      out: 'nothing that is parked matches\n',
    });
    await database.query('delete from billing.parked');
    const { names } = api.system.backbone.operations(api.system.hearers);
    const has = (type: string) => Promise.all([names.hasType(type), names.hasTypeBeginning(type)]);
    expect(await has('checkout.OrderPlaced')).toEqual([true, true]);
    expect(await has('checkout.Order')).toEqual([false, true]);
    expect(await has('x')).toEqual([false, false]);
  });

  test('requests are listed, tried again and skipped, and one that is dead needs a person', async () => {
    expect((await run('requests', 'list')).out).toBe('all requests have ended\n');
    expect((await run('requests', 'list', '--dead')).out).toBe('no request that has not ended matches\n');
    await database.query(`
      insert into billing.request (tenant_id, kind, id, payload, execution, attempts, due_at, answer, recordings, recording_error, is_dead)
      values ('default', 'billing.gone', 'r1', '{}', '{}', 1, now(), '{"status":"captured"}', 12, E'no such column\nat record', true)`);
    const dead = {
      kind: 'billing.gone',
      id: 'r1',
      tenantId: 'default',
      key: null,
      state: 'dead',
      attempts: 1,
      isAnswered: true,
      recordings: 12,
      askedAt: INSTANT,
      dueAt: INSTANT,
      error: 'no such column\nat record',
    };
    await database.query(`
      insert into billing.request (tenant_id, kind, id, payload, execution, attempts, due_at, is_dead)
      select 'default', 'billing.lost', 'l' || n, '{}', '{}', 1, now(), true from generate_series(1, 1101) n`);
    expect((await run('requests', 'list', '--kind', 'billing.lost')).out).toMatch(
      /\nand 1,001 more \(see --limit\)\n$/,
    );
    await database.query(`delete from billing.request where kind = 'billing.lost'`);
    for (const filter of [['--dead'], ['--kind', 'billing.gone', '--error', 'column']])
      expect((await run('requests', 'list', '--json', ...filter)).json).toEqual([dead]);
    expect((await run('requests', 'show', 'r1')).out).toMatch(/r1 +billing\.gone [^]*\nno such column\nat record\n/);
    const ill = await run('status', '--json');
    expect(ill).toMatchObject({ code: 1, json: { requests: [{ kind: 'billing.gone', waiting: 0, dead: 1 }] } });
    expect((await run('status')).out).toMatch(/billing\.gone +0 +0 +1 [^]*! billing\.gone has 1 dead request:/);
    expect((await run('requests', 'retry', '--all', '--dry-run')).out).toBe('would retry 1\n');
    expect((await run('requests', 'retry', 'r1', '--json', ...because)).json).toEqual({
      action: 'retry',
      matching: 1,
      underWay: 0,
      done: 1,
      isDryRun: false,
    });
    expect((await run('requests', 'list', '--json')).json).toMatchObject([{ state: 'unrecorded', recordings: 1 }]);
    const lease = `update billing.request set leased_by = $1, due_at = now() + $2 where kind = 'billing.gone'`;
    await database.query(lease, [1, '1 hour']);
    const left = /^1 that matches is left alone: a process has it at this moment; give the command again/;
    const taken = await run('requests', 'skip', 'r1', ...because);
    expect([taken.code, taken.error.replace('microlith: ', '')]).toEqual([1, expect.stringMatching(left)]);
    expect((await run('requests', 'skip', '--all', '--dry-run')).out).toMatch(
      /^would skip 0\n1 that matches is left alone/,
    );
    await database.query(lease, [null, '0']);
    expect((await run('requests', 'skip', '--all', '--kind', 'billing.gone', ...because)).out).toBe('skip: 1 of 1\n');
    await until(async () => expect((await run('status')).code).toBe(0));
  });

  test('replay says what it would do, and does it silently', async () => {
    const { json } = await run('replay', BILLING, '--from', '1', '--dry-run', '--json');
    expect(json).toMatchObject({ subscriber: BILLING, after: 0, events: 2, makesCalls: false, isDryRun: true });
    expect((await run('replay', BILLING, '--from', '1', ...because)).out).toMatch(
      /handles again 2 events, from position 1 to \d+\n/,
    );
    await untilBillingHasHandled({ parked: 0 });
    const requests = await database.query(
      `select state, payload, execution from billing.request where kind = 'billing.capturePayment'`,
    );
    expect(requests).toEqual([{ state: 'answered', payload: null, execution: null }]);
    expect((await run('replay', BILLING, '--from', '2099-01-01', '--dry-run', '--json')).json.events).toBe(0);
  });

  test('replay from beyond where the subscriber is says that there is nothing, and does nothing', async () => {
    const before = await operations();
    for (const [code, ...more] of [[0, '--dry-run'] as const, [1, ...because] as const])
      expect(await run('replay', BILLING, '--from', '999999999', ...more)).toMatchObject({
        code,
        out: expect.stringMatching(
          /^nothing to replay: up to position \d+, where billing\.billOrders is, it has no event from there on; the log ends at \d+\n$/,
        ),
      });
    expect(await operations()).toEqual(before);
  });

  test('pause and resume stop a subscriber and let it go on', async () => {
    expect((await run('pause', BILLING, '--json', ...because)).json).toEqual({
      subscriber: BILLING,
      state: 'paused',
      reason: 'a test',
    });
    await untilAlarmsAre([{ name: 'lane-paused' }]);
    expect((await run('resume', BILLING, ...because)).out).toBe(`${BILLING} is resumed\n`);
    expect(await run('resume', BILLING, ...because)).toMatchObject({
      code: 1,
      out: '',
      error: `microlith: ${BILLING} was not paused\n`,
    });
    await until(async () => expect((await run('status')).code).toBe(0));
  });

  test('retire ends the lane of a subscriber that is gone, and of no other', async () => {
    await database.query(`insert into billing.lane (id, names) values (7, '{billing.gone}')`);
    await database.query('insert into billing.ledger (lane_id, from_position, to_position) values (7, -1, 0)');
    await untilAlarmsAre([{ name: 'lane-orphaned', subject: 'billing.gone' }]);
    expect((await run('retire', 'billing.gone', '--json', ...because)).json).toMatchObject({ state: 'retired' });
    await until(async () => expect((await run('status')).code).toBe(0));
  });

  test('prune says what it dropped', async () => {
    expect((await run('prune', '--history', '0', '--bookkeeping', '1.5', '--json', ...because)).json).toEqual({
      partitions: [],
      ledgerRows: expect.any(Number),
      idempotencyKeys: expect.any(Number),
      requests: expect.any(Number),
      recoveries: expect.any(Number),
      isDryRun: false,
    });
    expect((await run('prune', ...because)).out).toMatch(/^partitions dropped: none\n/);
    expect(await database.query(`select action, subscriber, reason from catalog.operation order by id`)).toEqual(
      ['1.5 days, history for 0 days', '30 days, history for ever'].map((kept) => ({
        action: `prune, keeping bookkeeping for ${kept}`,
        subscriber: '*',
        reason: 'a test',
      })),
    );
    expect((await run('prune', '--dry-run')).out).toMatch(/^partitions to drop: none\n/);
  });

  test.each([
    [['parked', 'retry'], 'give one id, or --all with or without a filter'],
    [['requests', 'skip'], 'give one id, or --all with or without a filter'],
    [['requests', 'retry', '--all'], '--reason is missing: say why'],
    [['requests', 'list', '--limit', '0'], '--limit must be a whole number from 1, not 0'],
    [['parked', 'retry', '--all'], '--reason is missing: say why'],
    [['parked', 'skip', 'x', '--dry-run'], '<id> must be a UUID, not x'],
    [['parked', 'show', 'x'], '<id> must be a UUID, not x'],
    [['parked', 'list', '--limit', '0'], '--limit must be a whole number from 1, not 0'],
    [['parked', 'list', '--limit', '1e3'], '--limit must be a whole number from 1, not 1e3'],
    [['parked', 'list', '--subscriber', 'nobody'], /^there is no subscriber nobody; there are: billing\.billOrders, /],
    [
      ['parked', 'list', '--type', 'checkout.OrderPlace'],
      /^there is no type of event checkout\.OrderPlace; there are: /,
    ],
    [
      ['parked', 'skip', '--all', '--type', 'x', ...because],
      /^there is no type of event x; there are: .*checkout\.Order/,
    ],
    [['requests', 'list', '--kind', 'x'], /^there is no kind of request x; there are: billing\.capturePayment, /],
    [['requests', 'retry', '--all', '--kind', 'x', '--dry-run'], /^there is no kind of request x; there are: /],
    [['tail', '--type', 'chekout'], /^there is no type of event that begins with chekout; there are: /],
    [['parked', 'discard', '--all', '--subscriber', '', ...because], '--subscriber must not be empty'],
    [['parked', 'discard', '--all', '--subscriber=', ...because], '--subscriber must not be empty'],
    [['parked', 'skip', '--all', '--key', '', ...because], '--key must not be empty'],
    [['parked', 'retry', '--all', '--type', '', ...because], '--type must not be empty'],
    [['parked', 'list', '--error', ''], '--error must not be empty'],
    [['parked', 'discard', '', '--all', ...because], '<id> must not be empty'],
    [['requests', 'skip', '--all', '--kind', '', ...because], '--kind must not be empty'],
    [['requests', 'retry', '--all', '--key', '', ...because], '--key must not be empty'],
    [['requests', 'list', '--error', ''], '--error must not be empty'],
    [['requests', 'skip', '', '--all', ...because], '<id> must not be empty'],
    [['tail', '--key', '', '--story', 'x'], '--key must not be empty'],
    [['tail', '--type', '', '--story', 'x'], '--type must not be empty'],
    [['tail', '--tenant', '', '--story', 'x'], '--tenant must not be empty'],
    [['show', 'x'], '<id> must be a UUID, not x'],
    [['tail', '--story', 'x'], '--story must be a UUID, not x'],
    [['replay', BILLING, '--from', '0', '--dry-run'], /^--from must be a position from 1, or a moment .*, not 0$/],
    [['replay', BILLING, '--from', '-5', '--dry-run'], /^--from must be a position from 1, or a moment .*, not -5$/],
    [['replay', BILLING, '--from', '2026-02-30', '--dry-run'], /^--from must be a position from 1, or a moment/],
    [['replay', BILLING, '--from', '1'], '--reason is missing: say why'],
    [['replay', 'nobody', '--from', '1', '--dry-run'], /^there is no subscriber nobody; there are: /],
    [['pause', BILLING, '--reason', ' '], '--reason is missing: say why'],
    [['retire', BILLING, ...because], /^billing\.billOrders is a subscriber of this code/],
    [['prune', '--history', '-1'], '--history must be a number of days from 0 to 36500, not -1'],
    [['prune', '--bookkeeping', 'a week'], '--bookkeeping must be a number of days from 1 to 36500, not a week'],
    [['prune', '--bookkeeping', '0'], '--bookkeeping must be a number of days from 1 to 36500, not 0'],
    [['prune'], '--reason is missing: say why'],
  ])('%j is refused with 2, and the rule', async (words, rule) => {
    const { code, error, out } = await run(...words);
    const [, said] = /^microlith: (.*)\n$/.exec(error) ?? [];
    expect([code, out]).toEqual([2, '']);
    expect(said).toMatch(rule);
  });

  test.each([
    ['replay', BILLING],
    ['status', '--jsn'],
    ['parked', 'show', ID, '--dead'],
    ['parked', 'rety'],
    ['pause'],
  ])('%s %s is refused with 2, and how it is used', async (...words) => {
    const { code, error } = await run(...words);
    expect(code).toBe(2);
    expect(error).toMatch(
      /^error: (required option|unknown option|unknown command|missing required argument)[^]*Usage: microlith events/,
    );
  });

  test.each([
    'status',
    'tail',
    'show',
    'parked list',
    'parked show',
    'parked retry',
    'parked skip',
    'parked discard',
    'requests list',
    'requests show',
    'requests retry',
    'requests skip',
    'replay',
    'pause',
    'resume',
    'retire',
    'prune',
  ])('%s explains itself', async (command) => {
    const { code, out } = await run(...command.split(' '), '--help');
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^Usage: microlith events ${command} [^]*--json`)),
    ]);
  });

  test('all of them say what their exit codes mean', async () => {
    const { out } = await run('--help');
    expect(out).toContain('Exit codes: 0 done; 1 not done');
    expect(out).toContain('130 stopped by Ctrl-C, except tail, which it ends with 0');
  });

  test('what is asked for and not there is said with 1', async () => {
    const nowhere = ID;
    expect(await run('show', nowhere)).toMatchObject({ code: 1, error: `microlith: there is no event ${nowhere}\n` });
    expect(await run('parked', 'show', nowhere)).toMatchObject({ code: 1 });
    expect(await run('parked', 'skip', nowhere, ...because)).toMatchObject({ code: 1 });
    expect(await run('requests', 'show', nowhere)).toMatchObject({ code: 1 });
    expect(await run('requests', 'retry', nowhere, ...because)).toMatchObject({ code: 1 });
  });
});
