import { setTimeout as sleep } from 'node:timers/promises';
import { createAccounts, type PasswordHasher } from '#contexts/accounts';
import { createBilling, type PaymentGateway } from '#contexts/billing';
import { createCatalog } from '#contexts/catalog';
import { createCheckout } from '#contexts/checkout';
import { createFulfillment } from '#contexts/fulfillment';
import { createNotifications, type MailTransport } from '#contexts/notifications';
import { codec } from '#events/registry';
import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import type { Bus } from '#events/messaging/log/bus';
import type { ContextStore } from '#events/messaging/units/context-store';
import { DueWorkWatch } from '#events/messaging/relay/due-work';
import type { LaneSettings } from '#events/messaging/lanes/lane-settings';
import type { Observer } from '#events/messaging/watching/observer';
import type { Relay } from '#events/messaging/relay/relay';
import type { Tracing } from '#events/messaging/watching/tracing';
import { doors } from './contexts.ts';
import { createModule, type Module, type Runnable } from './module.ts';
import type { Backbone, ContextDoors, ReportError } from './persistence/backbone.ts';
import { type Hearer, type StoryNode, tellStory } from './story.ts';

export interface SystemDependencies {
  readonly backbone: Backbone;
  readonly gateway: PaymentGateway;
  readonly transport: MailTransport;
  /** `Shop <shop@example.com>` */
  readonly mailFrom?: string | undefined;
  readonly passwords: PasswordHasher;
  readonly reportError: ReportError;
  readonly observer?: Observer;
  readonly tracing?: Tracing | undefined;
  readonly laneSettings?: Partial<LaneSettings>;
}

/** All contexts, and what carries their facts: the whole application but its edges. */
export interface System {
  readonly contexts: Contexts;
  readonly bus: Bus;
  readonly relay: Relay;
  /** Every durable subscriber, and which types it wants. */
  readonly hearers: readonly Hearer[];
  /** Every kind of request to the outside that is performed. */
  readonly kinds: readonly string[];
  /** Delivers, performs and publishes what is due, until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Does all there is to do, then returns: for tests and tools. */
  drain(): Promise<void>;
  /** Resolves when a context has handled everything that was in the log when it was called; false: patience ended first. */
  catchUp(context: string): Promise<boolean>;
  /** Keeps a context's answer under the running execution's idempotency key, or gives the one that was kept. */
  keepAnswer<Answer>(context: string, answer: Answer): Promise<Answer>;
  tellStory(correlationId: string): Promise<readonly StoryNode[]>;
  close(): Promise<void>;
}

export type Contexts = Awaited<ReturnType<typeof openContexts>>['contexts'];

const SHOP = 'microlith motors';
/** Where mails go to files. */
const NOBODY = `${SHOP} <shop@example.invalid>`;
const PATIENCE = 2_000;

export async function openSystem(dependencies: SystemDependencies): Promise<System> {
  const { backbone, reportError, observer = {}, laneSettings = {} } = dependencies;
  const { contexts, modules } = await openContexts(dependencies);
  const bus = createBus(codec.types, (error) => reportError(error, 'a live listener'));
  const stations = modules.map(({ station }) => station);
  const relay = backbone.createRelay({ bus, codec, stations, observer, settings: laneSettings });
  const watch = new DueWorkWatch({
    contexts: modules,
    look: () => backbone.lookForDueWork(),
    untilTurn: () => backbone.untilTurn(),
    reportError: (error) => reportError(error, 'looking for due work'),
  });
  const hearers = modules.flatMap(({ context, hearers: own }) =>
    own.map(({ name, aliases, types, startAt }) => ({ context, name, aliases, types, startAt })),
  );
  return {
    contexts,
    bus,
    relay,
    hearers,
    kinds: modules.flatMap(({ kinds }) => kinds),
    run: async (signal) => {
      await Promise.all([relay.run(signal), watch.run(signal), backbone.tend(signal)]);
    },
    drain: () => drain(dependencies.backbone, relay, watch, modules),
    catchUp: async (context) => relay.caughtUp(context, await backbone.findEnd(), PATIENCE),
    keepAnswer: async (context, answer) => modules.find((module) => module.context === context)!.keepAnswer(answer),
    async tellStory(correlationId) {
      const facts = await backbone.findStory(correlationId);
      const receptions = await Promise.all(modules.map((module) => module.receptions(facts)));
      return tellStory(facts, hearers, receptions.flat());
    },
    async close() {
      await Promise.all(modules.map(({ performer }) => performer.close()));
      await backbone.close();
    },
  };
}

/** Every door gets its context here, and with it the module that runs its subscribers and executors. */
async function openContexts(dependencies: SystemDependencies) {
  const { backbone, gateway, transport, passwords, observer = {}, tracing } = dependencies;
  const reportError = (error: unknown) => dependencies.reportError(error, 'performing requests');
  const shop = { name: SHOP, from: dependencies.mailFrom ?? NOBODY };
  const modules: Module[] = [];
  const open = async <Scope, Context extends Runnable<Scope>>(
    ways: ContextDoors<Scope>,
    create: (store: ContextStore<Scope>) => Context,
  ): Promise<Context> => {
    const store = await backbone.open(ways);
    const context = create(store);
    modules.push(createModule(store, context, { reportError, observer, tracing }));
    return context;
  };
  const contexts = {
    accounts: await open(doors.accounts, (store) => createAccounts(store, { passwords })),
    billing: await open(doors.billing, (store) => createBilling(store, { gateway })),
    catalog: await open(doors.catalog, createCatalog),
    checkout: await open(doors.checkout, createCheckout),
    fulfillment: await open(doors.fulfillment, createFulfillment),
    notifications: await open(doors.notifications, (store) => createNotifications(store, { transport, shop })),
  } satisfies Record<keyof typeof doors, unknown>;
  return { contexts, modules };
}

async function drain(backbone: Backbone, relay: Relay, watch: DueWorkWatch, modules: readonly Module[]): Promise<void> {
  for (;;) {
    await relay.relayOnce();
    await watch.lookOnce();
    const hadWork = await Promise.all(modules.map(({ performer }) => performer.settle()));
    if (hadWork.some(Boolean) || (await backbone.findEnd()) > relay.frontier.position) continue;
    const pauses = [...(await backbone.lookForDueWork()).values()]
      .map(({ requestsIn }) => requestsIn)
      .filter((pause) => pause !== null);
    if (pauses.length === 0) return;
    await sleep(Math.min(...pauses));
  }
}
