import { InMemoryLog } from '#events/messaging/adapters/in-memory/log';
import { InMemoryStore } from '#events/messaging/adapters/in-memory/store';
import type { ContextStore } from '#events/messaging/units/context-store';
import { Relay } from '#events/messaging/relay/relay';
import { unfailing } from '#events/messaging/watching/unfailing';
import type { Clock } from '#shared-kernel/clock';
import { type Backbone, type BackboneListeners, NeedsDatabase } from './backbone.ts';

/** Milliseconds. */
const LOOK_EVERY = 1_000;

/** Everything in this process's memory: tests, demos, a plane. */
export function createMemoryBackbone(clock: Clock, { tracing, ...listeners }: BackboneListeners = {}): Backbone {
  const observer = unfailing(listeners.observer ?? {});
  const log = new InMemoryLog(() => clock.now());
  const stores: Pick<ContextStore<never>, 'context' | 'dueWork'>[] = [];
  return {
    async open(doors) {
      const store = new InMemoryStore(doors.inMemory, log, clock, {
        tracing,
        onAppended: (events) => observer.published?.({ context: store.context, events }),
      });
      stores.push(store);
      return store;
    },
    createRelay(parts) {
      const relay = new Relay({
        ...parts,
        source: log,
        tracing,
        readBehind: (types, after, through) => log.readBehind(types, after, through),
      });
      log.onAppended(() => relay.wake());
      return relay;
    },
    lookForDueWork: async () =>
      new Map(await Promise.all(stores.map(async (store) => [store.context, await store.dueWork()] as const))),
    untilTurn: () => LOOK_EVERY,
    findEnd: async () => log.all().at(-1)?.position ?? 0,
    findStory: async (correlationId) => log.all().filter((event) => event.correlationId === correlationId),
    tend: async () => undefined,
    operations: needsDatabase,
    follow: needsDatabase,
    poolUse: () => ({ process: 'memory', size: 0, busy: 0, idle: 0, waiting: 0 }),
    isListening: () => true,
    assertReady: async () => undefined,
    close: async () => undefined,
  };
}

function needsDatabase(): never {
  throw new NeedsDatabase();
}
