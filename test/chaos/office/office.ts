import { createModule } from '#app/module';
import { createPostgresBackbone } from '#app/persistence/postgres-backbone';
import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { DueWorkWatch } from '#events/messaging/relay/due-work';
import type { Observer } from '#events/messaging/watching/observer';
import type { Clock } from '#shared-kernel/clock';
import type { UnitOfWork } from '#shared-kernel/unit-of-work';
import { chaosDoors, type ChaosScope } from './context.ts';
import { codecOf, type Edition } from './events.ts';
import { subscribersOf } from './subscribers.ts';

export interface OfficeOptions {
  readonly clock: Clock;
  readonly poolSize: number;
  readonly edition: Edition;
  readonly observer?: Observer;
  readonly reportError: (error: unknown) => void;
}

/** The post office as the application puts it together, with one small context. */
export interface Office {
  readonly unitOfWork: UnitOfWork<ChaosScope>;
  /** Delivers until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export async function openOffice(address: DatabaseAddress, options: OfficeOptions): Promise<Office> {
  const { reportError, edition, observer = {} } = options;
  const codec = codecOf(edition);
  const backbone = createPostgresBackbone(address, options);
  const store = await backbone.open(chaosDoors);
  const module = createModule(store, { subscribers: subscribersOf(edition), executors: [] }, { reportError });
  const bus = createBus(codec.types, reportError);
  const watch = new DueWorkWatch({
    contexts: [module],
    look: () => backbone.lookForDueWork(),
    untilTurn: () => backbone.untilTurn(),
    reportError,
  });
  return {
    unitOfWork: store.unitOfWork,
    run: async (signal) => {
      const relay = backbone.createRelay({ bus, codec, stations: [module.station], observer });
      await Promise.all([relay.run(signal), watch.run(signal), backbone.tend(signal)]);
    },
    close: () => backbone.close(),
  };
}
