import { z } from 'zod';
import { EventCodec } from '#events/messaging/facts/codec';
import { defineEvent, type EventOf } from '#events/messaging/facts/event';

/** What an event does to the one subscriber that is not proof against it. */
export const POISONS = ['throws', 'hangs', 'blocks', 'exits', 'nul-text', 'huge-text'] as const;
export type PoisonKind = (typeof POISONS)[number];

const entry = {
  account: z.string(),
  /** The how manieth entry of its account this is, as the account's row counted. */
  number: z.int(),
  command: z.string(),
  poison: z.enum(POISONS).nullable(),
  /** When its `EntryDue` is to be published, milliseconds since 1970; null: never. */
  due: z.int().nullable(),
};

/** An account got one more entry. */
export const EntryMade = defineEvent('chaos.EntryMade', 1, z.object(entry), { key: 'account' });
export type EntryMade = EventOf<typeof EntryMade>;

/** The same as newer code publishes it. */
export const EntryMadeV2 = defineEvent('chaos.EntryMade', 2, z.object({ ...entry, channel: z.string() }), {
  key: 'account',
  upcast: { 1: (older: object) => ({ ...older, channel: 'counter' }) },
});

/** A lane answered an entry: an event that a subscriber publishes. */
export const EntryEchoed = defineEvent('chaos.EntryEchoed', 1, z.object(entry), { key: 'account' });

/** The time of an entry has come. */
export const EntryDue = defineEvent('chaos.EntryDue', 1, z.object(entry));

/** Which code a process runs; a rolling deploy has both. */
export type Edition = 'old' | 'new';

export const codecOf = (edition: Edition): EventCodec =>
  new EventCodec([edition === 'new' ? EntryMadeV2 : EntryMade, EntryEchoed, EntryDue]);
