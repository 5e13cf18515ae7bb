import type { InjectOptions } from 'fastify';
import { endpointsOf } from '#app/http/endpoints';
import { describeApi } from '#app/http/openapi';
import { type Api, createApi } from '#app/http/server';
import { createMetrics } from '#app/metrics';
import type { Traces } from '#app/tracing';
import type { TestSystem } from '../support/system.ts';
import { Description } from './description.ts';
import { captureLog, type CapturedLog } from './log.ts';

/** The HTTP API of a system, without a network. Every answer is held against the API's own description. */
export interface TestApi extends Api, AsyncDisposable {
  readonly system: TestSystem;
  readonly description: Description;
  ask(request: Request): Promise<Answer>;
  get(url: string, headers?: Headers): Promise<Answer>;
  post(url: string, body?: unknown, headers?: Headers): Promise<Answer>;
  send(method: 'PUT' | 'PATCH' | 'DELETE', url: string, body?: unknown): Promise<Answer>;
}

/** A payload that is text or bytes is sent as it is. */
export interface Request extends Pick<InjectOptions, 'headers'> {
  readonly method?: NonNullable<InjectOptions['method']>;
  readonly url: string;
  readonly payload?: object | string | Buffer | undefined;
}

type Headers = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Read as JSON where it is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface TestApiOptions {
  readonly assertReady?: () => Promise<void>;
  /** The system's relay is at work, so there is no need to drain it. */
  readonly isRunning?: boolean;
  /** The system never learns in time what happened elsewhere. */
  readonly isBehind?: boolean;
  readonly log?: CapturedLog;
  readonly traces?: Traces;
}

/** What is proved here does not depend on the cost. */
const LEAST_COST = { N: 16, r: 1, p: 1, maxmem: 2 ** 20 };

export async function openApi(
  opening: Promise<TestSystem>,
  {
    assertReady = async () => undefined,
    isRunning = false,
    isBehind = false,
    log = captureLog(),
    traces,
  }: TestApiOptions = {},
): Promise<TestApi> {
  const system = await opening;
  const endpoints = endpointsOf(system.contexts);
  const metrics = createMetrics();
  const api = await createApi({
    endpoints,
    backing: isRunning ? system : { ...system, catchUp: async () => !isBehind && system.drain().then(() => true) },
    digestCost: LEAST_COST,
    logger: log.logger,
    health: { assertReady, metrics: metrics.registry },
    observeRequest: metrics.observeRequest,
    traces,
  });
  const description = new Description(describeApi(endpoints));
  const ask = async ({ method = 'GET', url, payload, ...more }: Request): Promise<Answer> => {
    const response = await api.server.inject({ ...more, method, url, ...(payload !== undefined && { payload }) });
    const isJson = /json/.test(String(response.headers['content-type']));
    const answer: Answer = {
      status: response.statusCode,
      headers: response.headers,
      body: isJson && response.body !== '' ? response.json() : response.body,
    };
    const untruths = description.untruthsIn({
      method,
      url,
      sent: typeof payload === 'string' || payload instanceof Buffer ? undefined : payload,
      status: answer.status,
      contentType: response.headers['content-type'],
      correlationId: response.headers['x-correlation-id'],
      answer: answer.body,
    });
    if (untruths.length > 0) throw new Error(`the description of the API is not true: ${untruths.join('; ')}`);
    return answer;
  };
  return {
    ...api,
    system,
    description,
    ask,
    get: (url, headers = {}) => ask({ url, headers }),
    post: (url, body, headers = {}) => ask({ method: 'POST', url, headers, ...withBody(body) }),
    send: (method, url, body) => ask({ method, url, ...withBody(body) }),
    async [Symbol.asyncDispose]() {
      await api.server.close();
      await system[Symbol.asyncDispose]();
    },
  };
}

const withBody = (body: unknown) => ({ payload: body as object | undefined });
