import { type AddressInfo, createServer } from 'node:net';
import { DEFAULT_ALARM_LIMITS } from '#events/messaging/watching/alarms';
import { within } from '#events/messaging/within';
import { addressOf, type Config } from './config.ts';
import { type Delivery, deliver } from './delivery.ts';
import type { Host } from './host.ts';
import { endpointsOf } from './http/endpoints.ts';
import { createApi } from './http/server.ts';
import type { Logger } from './logging.ts';
import type { Metrics } from './metrics.ts';
import type { Traces } from './tracing.ts';
import { createWatch, type Watch } from './watch.ts';

/** Answers over HTTP, delivers facts, performs requests. */
export interface Server {
  readonly url: string;
  /** Answers what was asked and finishes what is under way. */
  stop(): Promise<void>;
}

export interface ServerDependencies {
  readonly host: Pick<Host, 'system' | 'backbone'>;
  readonly config: Pick<Config, 'host' | 'port' | 'lagLimit'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly traces?: Traces | undefined;
}

/** The address is taken, not ours, or not to be had. */
export class CannotListen extends Error {
  constructor(address: string, cause: NodeJS.ErrnoException) {
    super(`cannot listen on ${address}: ${EXPLANATIONS[cause.code ?? ''] ?? cause.message}`, { cause });
    this.name = 'CannotListen';
  }
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program does so already. Set PORT to another port, or to 0 for any that is free',
  EADDRNOTAVAIL: 'this machine has no such address. Set HOST to one that it has',
  EACCES: 'this port is not for everybody. Set PORT to 1024 or more',
  ENOTFOUND: 'there is no such host. Set HOST to an address of this machine',
};

/** Finds out before anything else is opened; what is free now may still be taken later. @throws {CannotListen} */
export async function assertCanListen(config: Pick<Config, 'host' | 'port'>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const probe = createServer().once('error', reject);
  probe.listen(config, () => probe.close(() => resolve()));
  try {
    await promise;
  } catch (error) {
    throw new CannotListen(addressOf(config), error as NodeJS.ErrnoException);
  }
}

/** @throws {CannotListen} */
export async function openServer(dependencies: ServerDependencies): Promise<Server> {
  const { host, config, logger, metrics, traces } = dependencies;
  const { system, backbone } = host;
  const watch = watchOf(dependencies);
  metrics.watch({
    relay: system.relay,
    poolUse: () => backbone.poolUse(),
    isListening: () => backbone.isListening(),
    watch,
  });
  const { server, draining } = await createApi({
    endpoints: endpointsOf(system.contexts),
    backing: system,
    logger,
    health: { metrics: metrics.registry, assertReady: () => assertReady(host, delivery, draining.hasBegun) },
    observeRequest: metrics.observeRequest,
    traces,
  });
  // Not before: nobody else has a turn while the API is made, and connections that are being opened would run out of time.
  const delivery = deliver(system, logger);
  const watching = new AbortController();
  const watched = watch?.run(watching.signal);
  const stop = async () => {
    await draining.drain();
    watching.abort();
    await watched;
    await delivery.stop();
  };
  try {
    await server.listen(config);
  } catch (error) {
    await stop();
    throw new CannotListen(addressOf(config), error as NodeJS.ErrnoException);
  }
  const { port } = server.server.address() as AddressInfo;
  return { url: `http://${addressOf({ ...config, port })}`, stop };
}

function watchOf({ host: { system, backbone }, config, logger }: ServerDependencies): Watch | undefined {
  if (!backbone.readStatus) return undefined;
  return createWatch({
    readStatus: () => backbone.readStatus!(system.hearers),
    ownPool: () => backbone.poolUse(),
    limits: { ...DEFAULT_ALARM_LIMITS, lag: config.lagLimit },
    logger,
  });
}

/** Milliseconds: whoever asks does not wait much longer. */
const READY_WITHIN = 2_000;

async function assertReady(
  { backbone }: ServerDependencies['host'],
  { failure }: Delivery,
  isDraining: boolean,
): Promise<void> {
  if (isDraining) throw new Error('the server is stopping');
  if (failure) throw failure;
  await within(READY_WITHIN, backbone.assertReady(), () => new Error('the database does not answer'));
}
