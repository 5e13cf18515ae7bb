import { z } from 'zod';
import { defineEvent, type EventOf } from '#events/messaging/facts/event';
import type { UnitScope } from '#events/messaging/units/scope';

/** The smallest context there is: it keeps notes. The contract suites work on it. */
export const NoteTaken = defineEvent('desk.NoteTaken', 1, z.object({ topic: z.string(), text: z.string() }), {
  key: 'topic',
});
export type NoteTaken = EventOf<typeof NoteTaken>;

export const NoteFiled = defineEvent('desk.NoteFiled', 1, z.object({ text: z.string() }));

/** A fact of some other context. */
export const ElsewhereHappened = defineEvent('elsewhere.ElsewhereHappened', 1, z.object({}));

export interface Notes {
  add(text: string): Promise<void>;
  all(): Promise<string[]>;
}

export interface DeskScope extends UnitScope {
  readonly notes: Notes;
}
