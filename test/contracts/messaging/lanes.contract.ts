import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BUSY, type EnlistedLane, type Lane } from '#events/messaging/lanes/lane-storage';
import { BEGINNING, type LogPosition, type RecordedEvent } from '#events/messaging/log/log';
import type { Wish } from '#events/messaging/parking/parked-storage';
import { defineSubscriber } from '#events/messaging/lanes/subscriber';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';
import { type DeskScope, NoteTaken } from './desk/note.ts';
import { deskCodec, notesOf, type OpenPostOffice, type PostOffice, takeNotes } from './post-office.ts';

const subscriber = defineSubscriber<DeskScope>()({ name: 'desk.lane', on: NoteTaken, handle: async () => undefined });

const known = deskCodec.known(subscriber.types);
const wish = (pause = 0, more: Partial<Wish> = {}): Wish => ({ known, most: 1, pauseMs: () => pause, ...more });

export const describeLanes = (adapter: string, open: OpenPostOffice) =>
  describe(`a lane ${adapter}`, () => {
    let office: PostOffice;
    let lane: EnlistedLane;
    let events: readonly RecordedEvent[];
    beforeEach(async () => {
      office = await open();
      await takeNotes(office, ['a', '1'], ['a', '2'], ['b', '3']);
      events = await office.log();
      lane = await enlist();
    });
    afterEach(() => office[Symbol.asyncDispose]());

    const enlist = async () => (await office.store.lanes.enlist([subscriber], async () => BEGINNING))[0]!;
    const at = (index: number): LogPosition => ({ position: events[index]!.position, eventId: events[index]!.id });
    const advance = (to: LogPosition, note?: string, of: Lane = lane) =>
      office.store.lanes.inBatch(of, async (batch) => {
        if (note) await batch.scopeOf(DEFAULT_TENANT).notes.add(note);
        batch.advanceTo(to);
        return batch.at;
      });

    test('is found again by its name, where it stood', async () => {
      await advance(at(1));
      const found = await enlist();
      expect(found.id).toBe(lane.id);
      expect(found.standing.at).toEqual(at(1));
      expect(await office.store.lanes.positions()).toEqual(new Map([[lane.id, at(1)]]));
    });

    test('wants to look at what is parked only while something is', async () => {
      expect(await office.store.parked.nextDueIn(lane, known)).toBeUndefined();
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[0]!, { kind: 'failed', error: 'undigestible', restMs: 60_000 });
        batch.advanceTo(at(0));
      });
      const dueIn = await office.store.parked.nextDueIn(lane, known);
      expect(dueIn).toBeGreaterThan(50_000);
      expect(dueIn).toBeLessThanOrEqual(60_000);
    });

    test('does not try an event again that was given up meanwhile', async () => {
      const { parked } = office.store;
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[0]!, { kind: 'failed', error: 'undigestible', restMs: 0 });
        batch.advanceTo(at(0));
      });
      const taken = await parked.takeDue(lane, wish());
      await parked.recordFailure(lane, taken!, { error: 'undigestible', restMs: 0, isDead: true });
      expect(await parked.inRetry(lane, taken!, async () => undefined)).toBe(false);
    });

    test('keeps an effect and its position together, or neither', async () => {
      const failing = office.store.lanes.inBatch(lane, async (batch) => {
        await batch.scopeOf(DEFAULT_TENANT).notes.add('half');
        batch.advanceTo(at(0));
        throw new Error('stumbled');
      });
      await expect(failing).rejects.toThrow('stumbled');
      expect(await notesOf(office)).toEqual([]);
      expect((await office.store.lanes.standing(lane)).at).toEqual(BEGINNING);
      await advance(at(0), 'whole');
      expect(await notesOf(office)).toEqual(['whole']);
      expect((await office.store.lanes.standing(lane)).at).toEqual(at(0));
    });

    test('has one worker at a time', async () => {
      let second: unknown;
      await office.store.lanes.inBatch(
        lane,
        async () => {
          second = await advance(at(0)).catch((error: unknown) => error);
        },
        { trial: events[0]! },
      );
      expect(second).toBe(BUSY);
    });

    test('holds nothing against an event whose trial ended, however it ended', async () => {
      const starts: number[] = [];
      const begin = (end: () => Promise<void>) =>
        office.store.lanes.inBatch(
          lane,
          async ({ earlierStarts }) => {
            starts.push(earlierStarts);
            await end();
          },
          { trial: events[0]! },
        );
      await begin(async () => undefined);
      await expect(begin(() => Promise.reject(new Error('stumbled')))).rejects.toThrow('stumbled');
      await begin(async () => undefined);
      expect(starts).toEqual([0, 0, 0]);
    });

    test('knows which events wait behind a parked one of their key', async () => {
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[0]!, { kind: 'failed', error: 'no', restMs: 60_000 });
        batch.advanceTo(at(0));
      });
      const blocked = await office.store.lanes.inBatch(lane, async (batch) => {
        expect(batch.hasParked).toBe(true);
        return batch.findBlocked(events.slice(1));
      });
      expect([...(blocked as ReadonlySet<RecordedEvent>)].map(({ id }) => id)).toEqual([events[1]!.id]);
    });

    test('parks an event and moves on together, or neither', async () => {
      const parkFirst = (end: () => void) =>
        office.store.lanes.inBatch(lane, async (batch) => {
          batch.park(events[0]!, { kind: 'failed', error: 'no', restMs: 0 });
          batch.advanceTo(at(0));
          end();
        });
      const failing = parkFirst(() => {
        throw new Error('stumbled');
      });
      await expect(failing).rejects.toThrow('stumbled');
      expect(await office.store.lanes.standing(lane)).toMatchObject({ at: BEGINNING, parkedKeys: 0 });
      await parkFirst(() => undefined);
      expect(await office.store.lanes.standing(lane)).toMatchObject({ at: at(0), parkedKeys: 1 });
    });

    test('gives nobody an event that waits behind another of its key', async () => {
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[0]!, { kind: 'failed', error: 'no', restMs: 60_000 });
        batch.park(events[1]!, { kind: 'behind' });
        batch.park(events[2]!, { kind: 'failed', error: 'no', restMs: 0 });
        batch.advanceTo(at(2));
      });
      expect((await office.store.parked.takeDue(lane, wish(60_000)))?.event.id).toBe(events[2]!.id);
      expect(await office.store.parked.takeDue(lane, wish(60_000))).toBeUndefined();
    });

    test('tries nothing that is parked further on than it stands, and meets it there as one that is parked', async () => {
      const { parked } = office.store;
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[1]!, { kind: 'failed', error: 'no', restMs: 0 });
        batch.advanceTo(at(0));
      });
      expect(await parked.nextDueIn(lane, known)).toBeUndefined();
      expect(await parked.takeDue(lane, wish())).toBeUndefined();
      await office.store.lanes.inBatch(lane, async (batch) => {
        const met = { ...events[1]!, key: null };
        expect(await batch.findBlocked([met, events[2]!])).toEqual(new Set([met]));
        batch.park(events[1]!, { kind: 'behind' });
        batch.advanceTo(at(1));
      });
      expect(await parked.nextDueIn(lane, known)).toBe(0);
      expect(await parked.takeDue(lane, wish()), 'it is parked as it was').toMatchObject({ attempt: 2 });
    });

    test('gives no event together with one of its key that it has not come to', async () => {
      const followers = async () => {
        const taken = (await office.store.parked.takeDue(lane, wish(0, { most: 10 })))!;
        await office.store.parked.refund(lane, taken, 0);
        return taken.followers.map(({ id }) => id);
      };
      await office.store.lanes.inBatch(lane, async (batch) => {
        for (const event of events.slice(0, 2)) batch.park(event, { kind: 'behind' });
        batch.advanceTo(at(0));
      });
      expect(await followers()).toEqual([]);
      await advance(at(1));
      expect(await followers()).toEqual([events[1]!.id]);
    });

    test('has spent an attempt on a parked event before it is tried', async () => {
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[0]!, { kind: 'failed', error: 'no', restMs: 0 });
        batch.advanceTo(at(0));
      });
      const taken = [];
      for (let time = 0; time < 3; time += 1) taken.push(await office.store.parked.takeDue(lane, wish()));
      expect(taken.map((parked) => parked?.attempt)).toEqual([2, 3, 4]);
    });

    test('gives an attempt back once, however often it is told to', async () => {
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[0]!, { kind: 'failed', error: 'no', restMs: 0 });
        batch.advanceTo(at(0));
      });
      const { parked } = office.store;
      const taken = await parked.takeDue(lane, wish());
      await parked.refund(lane, taken!, 0);
      await parked.refund(lane, taken!, 0);
      expect((await parked.takeDue(lane, wish()))?.attempt).toBe(2);
    });

    test('spends no attempt on an event that the code does not know yet, or that waits behind another', async () => {
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[0]!, { kind: 'not-yet-known', error: 'newer' });
        batch.park(events[2]!, { kind: 'behind' });
        batch.advanceTo(at(2));
      });
      const taken = [];
      for (let time = 0; time < 2; time += 1) taken.push(await office.store.parked.takeDue(lane, wish(60_000)));
      expect(taken.map((parked) => parked?.attempt)).toEqual([1, 1]);
    });

    test('lets an event rest after a failed attempt as long as it is told, whatever it was to be without an end', async () => {
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[0]!, { kind: 'failed', error: 'no', restMs: 0 });
        batch.advanceTo(at(0));
      });
      const { parked } = office.store;
      const taken = await parked.takeDue(lane, wish(60_000));
      expect(await parked.nextDueIn(lane, known)).toBeGreaterThan(50_000);
      await parked.recordFailure(lane, taken!, { error: 'no', restMs: 0, isDead: false });
      expect(await parked.nextDueIn(lane, known)).toBe(0);
    });

    test('leaves an event alone that was tried again before the failure of an earlier attempt was told', async () => {
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[0]!, { kind: 'failed', error: 'no', restMs: 0 });
        batch.advanceTo(at(0));
      });
      const { parked } = office.store;
      const earlier = await parked.takeDue(lane, wish());
      await parked.takeDue(lane, wish());
      await parked.recordFailure(lane, earlier!, { error: 'late', restMs: 0, isDead: true });
      expect(await office.store.lanes.receptions(events.slice(0, 1))).toMatchObject([{ state: 'parked', error: 'no' }]);
    });

    test('leaves an event alone that the code does not know, and offers it to code that does', async () => {
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[0]!, { kind: 'not-yet-known', error: 'newer' });
        batch.advanceTo(at(0));
      });
      const { parked } = office.store;
      for (const older of [new Map(), new Map([[NoteTaken.type, 0]])]) {
        expect(await parked.nextDueIn(lane, older)).toBeUndefined();
        expect(await parked.takeDue(lane, wish(0, { known: older }))).toBeUndefined();
      }
      expect(await parked.nextDueIn(lane, known)).toBe(0);
      expect((await parked.takeDue(lane, wish()))?.event.id).toBe(events[0]!.id);
    });

    test('gives an event together with those that wait right behind it, as long as none was ever tried', async () => {
      const idsTaken = async (most: number) => {
        const taken = await office.store.parked.takeDue(lane, wish(0, { most }));
        await office.store.parked.refund(lane, taken!, 0);
        return [taken!.event, ...taken!.followers].map(({ id }) => id);
      };
      await takeNotes(office, ['a', '4'], ['a', '5']);
      events = await office.log();
      const ids = events.filter(({ key }) => key === 'a').map(({ id }) => id);
      await office.store.lanes.inBatch(lane, async (batch) => {
        for (const event of [events[0]!, events[1]!, events[3]!]) batch.park(event, { kind: 'behind' });
        batch.park(events[4]!, { kind: 'failed', error: 'no', restMs: 0 });
        batch.advanceTo(at(4));
      });
      expect(await idsTaken(1)).toEqual(ids.slice(0, 1));
      expect(await idsTaken(2)).toEqual(ids.slice(0, 2));
      expect(await idsTaken(10)).toEqual(ids.slice(0, 3));
      const head = await office.store.parked.takeDue(lane, wish());
      await office.store.parked.recordFailure(lane, head!, { error: 'undigestible', restMs: 0, isDead: false });
      expect((await office.store.parked.takeDue(lane, wish(0, { most: 10 })))?.followers).toEqual([]);
    });

    test('rests while it is paused', async () => {
      const handled: string[] = [];
      const noting = defineSubscriber<DeskScope>()({
        name: subscriber.name,
        on: NoteTaken,
        handle: async (_scope, { data }) => void handled.push(data.text),
      });
      const relayOnce = () => office.relay([noting]).relayOnce();
      await office.store.lanes.pause(lane, 'by hand');
      await relayOnce();
      expect(handled).toEqual([]);
      expect(await office.store.lanes.standing(lane)).toMatchObject({ at: BEGINNING, pausedBecause: 'by hand' });
      await office.store.lanes.resume(lane);
      await relayOnce();
      expect(handled).toEqual(['1', '2', '3']);
      expect((await office.store.lanes.standing(lane)).pausedBecause).toBeNull();
    });

    test('keeps every name of its subscriber, the newest last', async () => {
      const namesOf = async (name: string) =>
        (await office.store.lanes.receptions(events.slice(0, 1))).find(({ names }) => names.includes(name))?.names;
      const third = { ...subscriber, name: 'desk.third', aliases: ['desk.second', 'desk.first'] };
      await office.store.lanes.enlist([third], async () => BEGINNING);
      expect(await namesOf('desk.third')).toEqual(['desk.first', 'desk.second', 'desk.third']);
      const fifth = { ...subscriber, name: 'desk.fifth', aliases: ['desk.fourth', 'desk.third'] };
      await office.store.lanes.enlist([fifth], async () => BEGINNING);
      expect((await namesOf('desk.third'))?.slice(2)).toEqual(['desk.third', 'desk.fourth', 'desk.fifth']);
    });

    test('tells what became of events', async () => {
      const names = ['desk.lane'];
      const receptions = () => office.store.lanes.receptions(events.slice(0, 3));
      expect(await receptions()).toMatchObject([
        { eventId: events[0]!.id, names, state: 'waiting', at: null },
        { state: 'waiting' },
        { state: 'waiting' },
      ]);
      await office.store.lanes.inBatch(lane, async (batch) => {
        batch.park(events[1]!, { kind: 'failed', error: 'undigestible', restMs: 0 });
        batch.advanceTo(at(1));
      });
      const parked = { attempts: 1, error: 'undigestible' };
      expect(await receptions()).toMatchObject([
        { eventId: events[0]!.id, names, state: 'handled', at: expect.any(Date), error: null },
        { eventId: events[1]!.id, state: 'parked', at: expect.any(Date), ...parked },
        { state: 'waiting' },
      ]);
      const taken = (await office.store.parked.takeDue(lane, wish()))!;
      await office.store.parked.recordFailure(lane, taken, { error: 'again', restMs: 0, isDead: true });
      expect(await receptions()).toMatchObject([{}, { state: 'dead', attempts: 2, error: 'again' }, {}]);
    });
  });
