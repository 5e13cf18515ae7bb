import { EventCodec } from '#events/messaging/facts/codec';
import type { ContextStore } from '#events/messaging/units/context-store';
import { beginExecution, runAs, type Execution } from '#events/messaging/units/execution';
import type { RecordedEvent } from '#events/messaging/log/log';
import type { LaneSettings } from '#events/messaging/lanes/lane-settings';
import type { Observer } from '#events/messaging/watching/observer';
import type { Relay } from '#events/messaging/relay/relay';
import type { Subscriber } from '#events/messaging/lanes/subscriber';
import type { Timing } from '#events/messaging/timing';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';
import { type DeskScope, NoteFiled, NoteTaken } from './desk/note.ts';

/** One post office with one context, on whichever adapter. Every suite of the contract opens fresh ones. */
export interface PostOffice extends AsyncDisposable {
  readonly store: ContextStore<DeskScope>;
  log(): Promise<readonly RecordedEvent[]>;
  relay(subscribers: readonly Subscriber<DeskScope>[], options?: RelayOptions): Relay;
}

export interface RelayOptions {
  readonly settings?: Partial<LaneSettings>;
  readonly observer?: Observer;
  readonly codec?: EventCodec;
  readonly isMine?: () => boolean;
  readonly timing?: Timing;
}

export type OpenPostOffice = () => Promise<PostOffice>;

export const deskCodec = new EventCodec([NoteTaken, NoteFiled]);

/** Runs work as the default tenant's, as an edge would. */
export const asUser = <Result>(work: () => Result, more: Partial<Execution> = {}): Result =>
  runAs(beginExecution({ tenantId: DEFAULT_TENANT, actor: 'test', source: 'desk.test', ...more }), work);

export const takeNotes = (office: PostOffice, ...notes: readonly (readonly [topic: string, text: string])[]) =>
  asUser(() =>
    office.store.unitOfWork(async ({ publish }) => {
      for (const [topic, text] of notes) publish(NoteTaken({ topic, text }));
    }),
  );

export const notesOf = (office: PostOffice) => asUser(() => office.store.reading(({ notes }) => notes.all()));
