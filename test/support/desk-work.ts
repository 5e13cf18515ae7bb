import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { createReadBehind } from '#events/messaging/adapters/postgresql/log/read-behind';
import { Relay, type RelayDependencies } from '#events/messaging/relay/relay';
import { createStation } from '#events/messaging/relay/station';
import type { Subscriber } from '#events/messaging/lanes/subscriber';
import { type DeskScope, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser, deskCodec } from '../contracts/messaging/post-office.ts';
import type { Desk } from './desk.ts';

/** Takes a note for each text, its topic too, in one transaction. */
export const takeTexts = ({ store }: Desk, ...texts: readonly string[]): Promise<void> =>
  asUser(() =>
    store.unitOfWork(async ({ publish }) => {
      for (const text of texts) publish(NoteTaken({ topic: text, text }));
    }),
  );

/** What was filed, in its order. */
export const textsFiled = async ({ database }: Desk): Promise<string[]> =>
  (await database.query<{ text: string }>('select text from desk.notes order by id')).map(({ text }) => text);

export const relayOn = (
  desk: Desk,
  subscribers: readonly Subscriber<DeskScope>[],
  options: Pick<RelayDependencies, 'observer' | 'settings'> = {},
): Relay =>
  new Relay({
    source: desk.source,
    readBehind: createReadBehind(desk.pool),
    bus: createBus(deskCodec.types, () => undefined),
    codec: deskCodec,
    stations: [createStation(desk.store, subscribers)],
    ...options,
  });
