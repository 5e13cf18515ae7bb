import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { Announcer } from '#events/messaging/log/announcer';
import { Bell } from '#events/messaging/bell';
import { DueWorkWatch } from '#events/messaging/relay/due-work';
import { beginExecution, runAs } from '#events/messaging/units/execution';
import { RequestPerformer } from '#events/messaging/requests/request-performer';
import type { LaneSettings } from '#events/messaging/lanes/lane-settings';
import type { Lane } from '#events/messaging/lanes/lane-storage';
import { Membership } from '#events/messaging/relay/membership';
import type { Observer } from '#events/messaging/watching/observer';
import { Relay } from '#events/messaging/relay/relay';
import { createStation } from '#events/messaging/relay/station';
import type { TenantId } from '#shared-kernel/tenant';
import { SimulatedLogSource } from '../storage/log-source.ts';
import { Pool } from '../storage/pool.ts';
import { createReadBehind } from '../storage/read-behind.ts';
import type { Network } from '../storage/connection.ts';
import { SimulatedStore } from '../storage/store.ts';
import type { Suspicions } from '../storage/suspicions.ts';
import type { Machine } from '../world/machine.ts';
import { type Carrier, createExecutor } from './carrier.ts';
import { codec, OrderPlaced } from './facts.ts';
import { createSubscribers, type Tempers } from './subscribers.ts';
import type { Ward } from './ward.ts';

export interface OfficeDependencies {
  readonly machine: Machine;
  readonly network: Network;
  readonly ward: Ward;
  readonly carrier: Carrier;
  readonly tempers: Tempers;
  readonly settings: Partial<LaneSettings>;
  readonly locksExclude: boolean;
  readonly suspicions: Suspicions;
  /** An appender has begun to stop for so long between its append and its commit. */
  readonly onDawdling: (milliseconds: number) => void;
  readonly observer: Observer;
  readonly reportError: (error: unknown) => void;
  /** Delivery ended by itself. */
  readonly onStopped: (error: unknown) => void;
  /** Rings in every process that listens. */
  readonly ringOthers: (types: readonly string[]) => void;
}

/** A step that a customer wants an order to take. */
export interface Wish {
  readonly tenantId: TenantId;
  readonly order: string;
  /** The caller's promise that it is the same wish. */
  readonly key: string;
  readonly facts: number;
  readonly dawdling: { readonly milliseconds: number; readonly isInVain: boolean } | undefined;
}

const CONTEXTS = ['shop', 'store'] as const;
const LOOK_AROUND_EVERY = 1_000;
const LOOK_FOR_DUE_WORK_EVERY = 1_000;
const CARRIER_RETRY = { first: 100, longest: 1_000 };

/** One process of the application: the real post office on simulated storage, put together as the application does. */
export class Office {
  readonly machine: Machine;
  readonly relay: Relay;
  readonly membership: Membership;
  readonly source: SimulatedLogSource;
  readonly #of: OfficeDependencies;
  readonly #pool: Pool;
  readonly #stores: Readonly<Record<(typeof CONTEXTS)[number], SimulatedStore>>;
  readonly #performers: readonly Pick<RequestPerformer<never>, 'close'>[];
  readonly #watch: DueWorkWatch;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(dependencies: OfficeDependencies) {
    const { machine, network, settings, observer, reportError } = dependencies;
    const { timing } = machine;
    this.#of = dependencies;
    this.machine = machine;
    this.membership = new Membership(machine.name);
    this.#pool = new Pool(machine, network);
    this.#stores = { shop: this.#open('shop'), store: this.#open('store') };
    this.source = new SimulatedLogSource(machine, network);
    const roster = createSubscribers(machine, network.world.random, dependencies.ward, dependencies.tempers);
    const punctual = CONTEXTS.map((context) => {
      const store = this.#stores[context];
      const executors = context === 'store' ? [createExecutor(dependencies.carrier, machine)] : [];
      const performer = new RequestPerformer({
        requests: store.requests,
        executors,
        reportError,
        timing,
        retry: CARRIER_RETRY,
      });
      store.offerRequestsTo(performer);
      return { context, schedule: store.schedule, performer };
    });
    this.#performers = punctual.map(({ performer }) => performer);
    this.relay = new Relay({
      source: this.source,
      readBehind: createReadBehind(this.#pool, network.server),
      bus: createBus(codec.types, reportError),
      codec,
      stations: CONTEXTS.map((context) => createStation(this.#stores[context], roster[context])),
      timing,
      settings,
      observer,
      isMine: (lane: Lane) => this.membership.isMine(lane),
    });
    this.#watch = new DueWorkWatch({
      contexts: punctual,
      look: () => this.#lookForDueWork(),
      untilTurn: () => this.membership.untilTurn(timing.now(), LOOK_FOR_DUE_WORK_EVERY),
      reportError,
      timing,
    });
  }

  /** Delivers until it is stopped. */
  open(): void {
    const { signal } = this.#stop;
    this.#running = Promise.all([this.relay.run(signal), this.#watch.run(signal), this.#tend(signal)]).then(
      () => undefined,
      (error: unknown) => this.#of.onStopped(error),
    );
  }

  /** Finishes what is under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    for (const performer of this.#performers) await performer.close();
    this.source.close();
    this.#pool.close();
  }

  /** Takes a step of an order, as a customer would who calls over HTTP. */
  async take({ tenantId, order, key, facts, dawdling }: Wish): Promise<void> {
    const idempotency = { operation: 'shop.takeStep', key, fingerprint: `${tenantId} ${order}` };
    const caller = { tenantId, actor: 'customer', source: 'shop.takeStep', correlationId: key };
    const execution = beginExecution({ ...caller, idempotency });
    await runAs(execution, () =>
      this.#stores.shop.unitOfWork(async (scope) => {
        for (let fact = 0; fact < facts; fact += 1)
          scope.publish(OrderPlaced({ order, n: await scope.countOrder(order) }));
        if (dawdling) scope.dawdle(dawdling.milliseconds, dawdling.isInVain);
        return null;
      }),
    );
  }

  storeOf(context: 'shop' | 'store'): SimulatedStore {
    return this.#stores[context];
  }

  #open(context: 'shop' | 'store'): SimulatedStore {
    const { machine, network, suspicions, locksExclude, onDawdling, ringOthers, reportError } = this.#of;
    const announcer = new Announcer({
      notify: async (types) => ringOthers(types),
      hasListeners: () => this.membership.hasOthers,
      concernsOthers: (type) => this.relay.concernsOthers(type),
      reportError,
      timing: machine.timing,
    });
    return new SimulatedStore({
      machine,
      pool: this.#pool,
      schema: network.server.schemaOf(context),
      random: network.world.random,
      has: network.has,
      suspicions,
      locksExclude,
      onDawdling,
      onAppended: (types) => {
        this.relay.wake(types);
        announcer.announce(types);
      },
    });
  }

  async #lookForDueWork() {
    const { shop, store } = this.#stores;
    return new Map([
      ['shop', await shop.dueWork()],
      ['store', await store.dueWork()],
    ]);
  }

  async #tend(signal: AbortSignal): Promise<void> {
    const bell = new Bell(this.machine.timing);
    signal.addEventListener('abort', () => bell.retire(), { once: true });
    while (!signal.aborted) {
      await this.#lookAround().catch(this.#of.reportError);
      await bell.wait(LOOK_AROUND_EVERY);
    }
  }

  async #lookAround(): Promise<void> {
    const { server } = this.#of.network;
    const members = await this.#stores.shop.query('who else is there', () => server.locks.heldUnder('member '));
    this.membership.update(
      members,
      this.relay.lanes.map(({ lane }) => lane.id),
    );
    this.relay.lookAsFarAs(server.log.drawn);
    if (!this.membership.hasOthers) return;
    for (const context of CONTEXTS) this.relay.hearOf(await this.#stores[context].lanes.positions());
  }
}
