import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from '../logging.ts';
import { acceptJson, LARGEST_BODY } from './body.ts';
import { correlationIdOf, nameRequests } from './correlation.ts';
import { contentSecurityPolicy, serveDocs } from './docs.ts';
import { type Draining, makeDrainable } from './draining.ts';
import type { Endpoint } from './endpoint.ts';
import { answerBroken, answerUnroutable, answerWithProblems } from './errors.ts';
import { type Health, serveHealth } from './health.ts';
import { refuseOtherMethods } from './methods.ts';
import { describeApi } from './openapi.ts';
import { routeOf, serve, type ServingOptions } from './routes.ts';

/** From the first byte of a request to its last, milliseconds. */
const LONGEST_ARRIVAL = 30_000;

export interface ApiDependencies extends ServingOptions {
  readonly endpoints: readonly Endpoint[];
  readonly logger: Logger;
  readonly health: Health;
  readonly observeRequest: (request: AnsweredRequest) => void;
}

export interface AnsweredRequest {
  /** `checkout.placeOrder`; of what is no operation the pattern of its URL, or `none`. */
  readonly operation: string;
  readonly status: number;
  readonly seconds: number;
}

export interface Api {
  readonly server: FastifyInstance;
  readonly draining: Draining;
}

/** The HTTP edge: every command and query of every context, documented, and refused politely where it must be. */
export async function createApi(dependencies: ApiDependencies): Promise<Api> {
  const { endpoints, logger, health, observeRequest } = dependencies;
  const server = Fastify({
    bodyLimit: LARGEST_BODY,
    requestTimeout: LONGEST_ARRIVAL,
    return503OnClosing: false,
    genReqId: correlationIdOf,
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerBroken,
  });
  nameRequests(server);
  const draining = makeDrainable(server);
  measure(server, observeRequest);
  acceptJson(server);
  answerWithProblems(server, logger);
  await server.register(helmet, { contentSecurityPolicy });
  await serveDocs(server, describeApi(endpoints));
  serveHealth(server, health);
  for (const endpoint of endpoints) serve(server, endpoint, dependencies);
  for (const [url, methods] of methodsByUrl(endpoints)) refuseOtherMethods(server, url, methods);
  return { server, draining };
}

const OWN_URLS = ['/livez', '/readyz', '/metrics', '/openapi.json'];

function methodsByUrl(endpoints: readonly Endpoint[]): [url: string, methods: string[]][] {
  const operations = [...Map.groupBy(endpoints, routeOf)].map(([url, some]): [string, string[]] => [
    url,
    some.map(({ method }) => method),
  ]);
  return [...operations, ...OWN_URLS.map((url): [string, string[]] => [url, ['GET']])];
}

function measure(server: FastifyInstance, observeRequest: ApiDependencies['observeRequest']): void {
  server.addHook('onResponse', async ({ routeOptions }, { statusCode, elapsedTime }) => {
    const operation = routeOptions.config.operation ?? routeOptions.url ?? 'none';
    observeRequest({ operation, status: statusCode, seconds: elapsedTime / 1000 });
  });
}
