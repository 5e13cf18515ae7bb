import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineSubscriber } from '#events/messaging';
import { createOperations, type Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { type DeskScope, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { relayOn, takeTexts } from '../support/desk-work.ts';

const FILER = 'desk.fileOnNoteTaken';
const operator = { actor: 'operator:ada', reason: 'the printer has paper again' };

describe('an event that is shown', () => {
  let desk: Desk;
  let operations: Operations;
  let isMended = false;
  beforeEach(async () => {
    isMended = false;
    desk = await openDesk();
    operations = createOperations(desk.pool, [{ context: 'desk', name: FILER, types: [NoteTaken.type] }]);
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const filer = defineSubscriber<DeskScope>()({
    name: FILER,
    on: NoteTaken,
    handle: async () => {
      if (!isMended) throw new Error('out of paper');
    },
  });
  const deliver = (...subscribers: readonly (typeof filer)[]) => relayOn(desk, subscribers).relayOnce();
  async function park(): Promise<string> {
    await takeTexts(desk, 'a note');
    await deliver(filer);
    return (await operations.listParked({}, 1))[0]!.eventId;
  }
  const receptionOf = async (id: string, of = operations) => (await of.show(id))!.receptions[0]!;

  test('tells when it was handled at last, after how many attempts, what its last error was, and who did what', async () => {
    const id = await park();
    const parked = await receptionOf(id);
    isMended = true;
    await desk.database.query('update desk.parked set due_at = now()');
    await deliver(filer);
    const handled = await receptionOf(id);
    expect(handled).toMatchObject({ state: 'handled', attempts: 2, error: expect.stringContaining('out of paper') });
    expect(handled.at!.getTime()).toBeGreaterThan(parked.at!.getTime());
  });

  test('tells who did what with it, and why', async () => {
    const id = await park();
    await operations.actOnParked('retry', { filter: {}, operator });
    await operations.actOnParked('skip', { filter: {}, operator });
    expect((await operations.show(id))!.operations).toMatchObject([
      { action: 'retry', subscriber: FILER, ...operator },
      { action: 'skip', subscriber: FILER, ...operator },
    ]);
  });

  test('is found where it is parked when the log does not have it any more', async () => {
    const id = await park();
    expect(await operations.show(id)).toMatchObject({ isPruned: false });
    await desk.database.query('delete from messaging.log');
    expect(await operations.show(id)).toMatchObject({
      event: { id, type: NoteTaken.type },
      isPruned: true,
      receptions: [{ state: 'parked' }],
    });
  });

  test('tells of lanes whose code is not here as much as they say', async () => {
    const id = await park();
    const elsewhere = createOperations(desk.pool, []);
    expect(await receptionOf(id, elsewhere)).toMatchObject({ subscriber: FILER, state: 'parked', attempts: 1 });
    await desk.database.query('delete from desk.parked');
    expect(await receptionOf(id, elsewhere)).toMatchObject({ subscriber: FILER, state: 'unknown' });
  });

  test('was not handled by a subscriber that began after it', async () => {
    await takeTexts(desk, 'a note');
    await deliver({ ...filer, startAt: 'now' });
    const [{ id }] = (await desk.database.query<{ id: string }>('select id from messaging.log')) as [{ id: string }];
    expect(await receptionOf(id)).toMatchObject({ state: 'earlier', at: null });
  });

  test('was handled by the lane that a resumed one took the place of', async () => {
    isMended = true;
    await takeTexts(desk, 'a note');
    await deliver(filer);
    const [{ id }] = (await desk.database.query<{ id: string }>('select id from messaging.log')) as [{ id: string }];
    await desk.database.query(`update desk.ledger set recorded_at = recorded_at - interval '2 minutes'`);
    await createOperations(desk.pool, []).retire(FILER, operator);
    await operations.resume(FILER, operator);
    expect(await receptionOf(id)).toMatchObject({ state: 'handled', at: expect.any(Date) });
  });
});
