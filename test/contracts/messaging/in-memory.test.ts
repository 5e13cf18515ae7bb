import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { InMemoryLog } from '#events/messaging/adapters/in-memory/log';
import { InMemoryStore } from '#events/messaging/adapters/in-memory/store';
import { Relay } from '#events/messaging/relay/relay';
import { createStation } from '#events/messaging/relay/station';
import { systemClock } from '#shared-kernel/clock';
import { describeDelivery } from './delivery.contract.ts';
import { describeEvolution } from './evolution.contract.ts';
import { describeLanes } from './lanes.contract.ts';
import { describeRequestEndings } from './request-endings.contract.ts';
import { describeRequestLeases } from './request-leases.contract.ts';
import { describeRequestPlaces } from './request-places.contract.ts';
import { describeRequests } from './requests.contract.ts';
import { describeSchedule } from './schedule.contract.ts';
import { deskInMemory } from './desk/in-memory.ts';
import { deskCodec, type OpenPostOffice } from './post-office.ts';
import { describeUnitOfWork } from './unit-of-work.contract.ts';

const open: OpenPostOffice = async () => {
  const log = new InMemoryLog();
  const store = new InMemoryStore(deskInMemory, log, systemClock);
  return {
    store,
    log: async () => log.all(),
    relay: (subscribers, options) =>
      new Relay({
        source: log,
        readBehind: (types, after, through) => log.readBehind(types, after, through),
        bus: createBus(deskCodec.types, (error) => expectNoError(error)),
        codec: deskCodec,
        stations: [createStation(store, subscribers)],
        ...options,
      }),
    [Symbol.asyncDispose]: async () => undefined,
  };
};

function expectNoError(error: unknown): never {
  throw error;
}

describeUnitOfWork('in memory', open);
describeDelivery('in memory', open);
describeLanes('in memory', open);
describeEvolution('in memory', open);
describeRequests('in memory', open);
describeRequestEndings('in memory', open);
describeRequestLeases('in memory', open);
describeRequestPlaces('in memory', open);
describeSchedule('in memory', open);
