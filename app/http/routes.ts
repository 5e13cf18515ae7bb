import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Execution, runAs } from '#events/messaging/units/execution';
import { DomainError } from '#shared-kernel/errors';
import type { Endpoint } from './endpoint.ts';
import type { Traces } from '../tracing.ts';
import { executionOf, traceparentOf } from './execution.ts';
import type { DigestCost } from './fingerprint.ts';
import { planInput, readInput } from './input.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `checkout.placeOrder`; none where a route is no operation of a context. */
    operation?: string;
  }
}

/** What the edge needs of the system, for any context. */
export interface Backing {
  /** Resolves when what a context knows of the others is as new as this moment; false: it is still older. */
  catchUp(context: string): Promise<boolean>;
  /** Keeps an answer under the running execution's idempotency key, or gives the one that was kept. */
  keepAnswer<Answer>(context: string, answer: Answer): Promise<Answer>;
}

export interface ServingOptions {
  readonly backing: Backing;
  /** Left out: as much as a password's own hash. */
  readonly digestCost?: DigestCost | undefined;
  readonly traces?: Traces | undefined;
}

/** Serves one endpoint: the parts of the request become one validated input, the result becomes the answer. */
export function serve(
  server: FastifyInstance,
  endpoint: Endpoint,
  { backing, digestCost, traces }: ServingOptions,
): void {
  const { method, operation } = endpoint;
  const plan = planInput(endpoint);
  server.route({
    method,
    url: routeOf(endpoint),
    config: { operation },
    handler: async (request, reply) => {
      const given = traceparentOf(request);
      const span = traces?.serve({ operation, method, route: urlOf(endpoint), traceparent: given });
      if (span) reply.raw.once('close', () => span.end(reply.statusCode));
      const input = readInput(endpoint.input, plan, request);
      const traceparent = span?.traceparent ?? given;
      const execution = await executionOf(endpoint, request, { input, plan, digestCost, traceparent });
      return answer(reply, endpoint, await runAs(execution, () => perform(endpoint, input, execution, backing)));
    },
  });
}

/** `/api/checkout/orders/{id}` */
export const urlOf = ({ operation, path }: Endpoint): string => `/api/${contextOf(operation)}${path}`;

/** `/api/checkout/orders/:id` */
export const routeOf = (endpoint: Endpoint): string => urlOf(endpoint).replaceAll(/\{(\w+)\}/g, ':$1');

export const contextOf = (operation: string): string => operation.split('.')[0]!;

async function perform(
  { operation, isQuery, output, run }: Endpoint,
  input: unknown,
  { idempotency }: Execution,
  backing: Backing,
): Promise<unknown> {
  const context = contextOf(operation);
  const result = await confirmRejection(
    () => run(input as never),
    () => backing.catchUp(context),
  );
  const body = output && z.encode(output, result);
  return isQuery && idempotency ? backing.keepAnswer(context, body) : body;
}

/** What was refused may be right: the news of it, from another context, has not come yet. */
export class NewsOverdue extends DomainError {
  readonly code = 'http.news-overdue';
  readonly kind = 'unavailable';

  constructor(refusal: DomainError) {
    super(
      `as far as is known here, ${refusal.message}; but news is overdue, so ask again in a moment`,
      refusal.details,
    );
  }
}

/** A rejection that was judged on a copy stands only if the copy was up to date: catch up, then ask once more. */
async function confirmRejection(run: () => Promise<unknown>, catchUp: () => Promise<boolean>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (!isJudgedOnCopy(error)) throw error;
  }
  const isUpToDate = await catchUp();
  try {
    return await run();
  } catch (error) {
    throw !isUpToDate && isJudgedOnCopy(error) ? new NewsOverdue(error) : error;
  }
}

const isJudgedOnCopy = (error: unknown): error is DomainError => error instanceof DomainError && error.judgedOnCopy;

const answer = (reply: FastifyReply, { status }: Endpoint, body: unknown): FastifyReply =>
  status === 204 ? reply.status(204).send() : reply.status(status).send(body);
