import { z } from 'zod';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EventCodec } from '#events/messaging/facts/codec';
import { defineEvent } from '#events/messaging/facts/event';
import { BEGINNING } from '#events/messaging/log/log';
import type { Observer } from '#events/messaging/watching/observer';
import { defineSubscriber, type Subscriber } from '#events/messaging/lanes/subscriber';
import { eventually } from '../../support/eventually.ts';
import { type DeskScope, NoteFiled, NoteTaken } from './desk/note.ts';
import { asUser, notesOf, type OpenPostOffice, type PostOffice, takeNotes } from './post-office.ts';

/** The same fact a release later: it says how many words there are. */
const CountedNoteTaken = defineEvent(
  'desk.NoteTaken',
  2,
  z.object({ topic: z.string(), text: z.string(), words: z.int().positive() }),
  {
    key: 'topic',
    upcast: { 1: (old: { topic: string; text: string }) => ({ ...old, words: wordsIn(old.text) }) },
  },
);

function wordsIn(text: string): number {
  if (text === 'wordless') throw new Error('there are no words in it');
  return text.split(' ').length;
}

const oldSubscriber = defineSubscriber<DeskScope>()({
  name: 'desk.fileOnNoteTaken',
  on: NoteTaken,
  handle: ({ notes }, { data }) => notes.add(data.text),
});

const newSubscriber = defineSubscriber<DeskScope>()({
  name: 'desk.fileCountedNotes',
  aliases: ['desk.fileOnNoteTaken'],
  on: CountedNoteTaken,
  handle: async ({ notes }, { data }) => {
    if (data.words !== data.text.split(' ').length) throw new Error('miscounted');
    await notes.add(data.text);
  },
});

const oldCodec = new EventCodec([NoteTaken, NoteFiled]);
const newCodec = new EventCodec([CountedNoteTaken, NoteFiled]);

const known = newCodec.known([CountedNoteTaken.type]);

export const describeEvolution = (adapter: string, open: OpenPostOffice) =>
  describe(`old and new code on one log ${adapter}`, () => {
    let office: PostOffice;
    beforeEach(async () => void (office = await open()));
    afterEach(() => office[Symbol.asyncDispose]());

    const oldCode = () => office.relay([oldSubscriber], { codec: oldCodec });
    const newCode = () => office.relay([newSubscriber], { codec: newCodec });
    const takeCounted = (...notes: readonly (readonly [topic: string, text: string])[]) =>
      asUser(() =>
        office.store.unitOfWork(async ({ publish }) => {
          for (const [topic, text] of notes) publish(CountedNoteTaken({ topic, text, words: text.split(' ').length }));
        }),
      );
    const laneOf = async (subscriber: Subscriber<DeskScope>) =>
      (await office.store.lanes.enlist([subscriber], async () => BEGINNING))[0]!;
    const nextAttempt = async () => {
      const lane = await laneOf(oldSubscriber);
      return (await office.store.parked.takeDue(lane, { known, most: 1, pauseMs: () => 0 }))?.attempt;
    };
    const parkedKeys = async () => (await laneOf(newSubscriber)).standing.parkedKeys;
    const untilHandled = (count: number, relay = newCode()) =>
      eventually(
        () => relay.relayOnce(),
        async () => expect(await notesOf(office)).toHaveLength(count),
      );
    const ofTopic = async (topic: string) => (await notesOf(office)).filter((text) => text.startsWith(topic));

    test('new code reads what old code wrote', async () => {
      await takeNotes(office, ['a', 'a one']);
      await takeCounted(['a', 'a two']);
      await newCode().relayOnce();
      expect(await notesOf(office)).toEqual(['a one', 'a two']);
    });

    test('old code keeps what is newer than it, spends no attempt on it, holds its key, and lets the others pass', async () => {
      await takeCounted(['a', 'a one']);
      await takeNotes(office, ['a', 'a two'], ['b', 'b one']);
      const old = oldCode();
      await old.relayOnce();
      for (let time = 0; time < 3; time += 1) await old.relayOnce();
      expect(await notesOf(office)).toEqual(['b one']);
      expect(await nextAttempt()).toBe(1);
    });

    test('old code holds the key of what is newer than it within one batch, too', async () => {
      await takeNotes(office, ...Array.from({ length: 10 }, (_, at) => ['b', `b ${at}`] as const));
      await takeCounted(['a', 'a one']);
      await takeNotes(office, ['a', 'a two'], ['b', 'b 10']);
      let batches = 0;
      const observer: Observer = { handled: () => void (batches += 1) };
      await office.relay([oldSubscriber], { codec: oldCodec, observer }).relayOnce();
      expect(batches).toBe(10);
      expect(await ofTopic('a')).toEqual([]);
      expect(await ofTopic('b')).toHaveLength(11);
    });

    test('old code is not stopped by how much is newer than it, but only by what fails', async () => {
      await takeCounted(['a', 'a one'], ['b', 'b one'], ['c', 'c one']);
      await takeNotes(office, ['d', 'poison'], ['e', 'e one']);
      const handle: typeof oldSubscriber.handle = async (scope, event) => {
        if (event.key === 'd') throw new Error('undigestible');
        await oldSubscriber.handle(scope, event);
      };
      const settings = { mostParkedKeys: 1 };
      await office.relay([{ ...oldSubscriber, handle }], { codec: oldCodec, settings }).relayOnce();
      expect(await notesOf(office)).toEqual(['e one']);
      expect((await laneOf(oldSubscriber)).standing).toMatchObject({
        parkedKeys: 4,
        failedKeys: 1,
        pausedBecause: null,
      });
    });

    test('new code handles once, in order, what old code has kept', async () => {
      await takeCounted(['a', 'a one']);
      await takeNotes(office, ['a', 'a two'], ['b', 'b one']);
      await oldCode().relayOnce();
      await untilHandled(3);
      await newCode().relayOnce();
      expect(await notesOf(office)).toEqual(['b one', 'a one', 'a two']);
      expect(await parkedKeys()).toBe(0);
    });

    test('new code handles at once what old code has kept, when old code has looked at it again', async () => {
      await takeCounted(['a', 'a one']);
      const old = oldCode();
      await old.relayOnce();
      old.reconsider();
      await old.relayOnce();
      await newCode().relayOnce();
      expect(await notesOf(office)).toEqual(['a one']);
    });

    test('goes forwards, back and forwards again, and nothing is lost, doubled or out of order', async () => {
      await takeNotes(office, ['a', 'a 1'], ['b', 'b 1']);
      await oldCode().relayOnce();
      await takeCounted(['a', 'a 2'], ['b', 'b 2']);
      await newCode().relayOnce();
      await takeCounted(['a', 'a 3']);
      await takeNotes(office, ['a', 'a 4'], ['b', 'b 3']);
      await oldCode().relayOnce();
      expect(await ofTopic('b')).toEqual(['b 1', 'b 2', 'b 3']);
      await takeCounted(['b', 'b 4'], ['a', 'a 5']);
      await untilHandled(9);
      expect(await ofTopic('a')).toEqual(['a 1', 'a 2', 'a 3', 'a 4', 'a 5']);
      expect(await ofTopic('b')).toEqual(['b 1', 'b 2', 'b 3', 'b 4']);
      expect(await parkedKeys()).toBe(0);
    });

    test('run beside each other during a deployment, and nothing is lost, doubled or out of order', async () => {
      const [old, fresh] = [oldCode(), newCode()];
      const topics = ['a', 'b', 'c'];
      const taken: string[] = [];
      for (let round = 0; round < 12; round += 1) {
        const notes = topics.map((topic) => [topic, `${topic} ${String(round).padStart(2, '0')}`] as const);
        taken.push(...notes.map(([, text]) => text));
        const taking = round % 2 === 0 ? takeNotes(office, ...notes) : takeCounted(...notes);
        await Promise.all([taking, old.relayOnce(), fresh.relayOnce()]);
      }
      await old.relayOnce();
      await untilHandled(taken.length, fresh);
      for (const topic of topics) expect(await ofTopic(topic)).toEqual(taken.filter((text) => text.startsWith(topic)));
      expect(await parkedKeys()).toBe(0);
    });

    test('a step to the newer version that fails is the fault of its fact alone', async () => {
      await takeNotes(office, ['a', 'wordless'], ['b', 'b one']);
      await newCode().relayOnce();
      expect(await notesOf(office)).toEqual(['b one']);
      expect(await parkedKeys()).toBe(1);
    });

    test('what a subscriber of newer code has set aside is never given to one of older code that does not want it', async () => {
      const curious = defineSubscriber<DeskScope>()({
        name: 'desk.fileOnNoteTaken',
        on: [NoteTaken, NoteFiled],
        handle: ({ notes }, { data }) => notes.add(data.text),
      });
      const knowingLess = new EventCodec([NoteTaken]);
      await asUser(() => office.store.unitOfWork(async ({ publish }) => publish(NoteFiled({ text: 'filed' }))));
      await office.relay([curious], { codec: knowingLess }).relayOnce();
      await oldCode().relayOnce();
      expect(await notesOf(office)).toEqual([]);
      await untilHandled(1, office.relay([curious], { codec: oldCodec }));
    });
  });
