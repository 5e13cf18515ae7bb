import type { FastifyRequest } from 'fastify';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';
import { uuidV7 } from '#shared-kernel/uuid';
import { beginExecution, type Execution, type Idempotency } from '#events/messaging/units/execution';
import type { Endpoint } from './endpoint.ts';
import { type DigestCost, fingerprintOf } from './fingerprint.ts';
import type { InputPlan } from './input.ts';
import { InvalidInput } from './invalid-input.ts';

/** A caller's promise that requests under the same key are one. */
export const KEY_HEADER = 'Idempotency-Key';

const KEY = /^[\u0021-\u007e]{1,255}$/;
/** W3C Trace Context: version ff, and ids of nothing but zeros, are none. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** The caller's trace, where there is one. */
export function traceparentOf({ headers: { traceparent } }: FastifyRequest): string | undefined {
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}

/** What tells two requests under one key apart. */
interface KeyedRequest {
  readonly input: Readonly<Record<string, unknown>>;
  readonly plan: InputPlan;
  readonly digestCost: DigestCost | undefined;
  readonly traceparent: string | undefined;
}

/** On whose behalf a request runs: its story, its trace, and the caller's promise not to mean it twice. */
export async function executionOf(
  endpoint: Endpoint,
  request: FastifyRequest,
  keyed: KeyedRequest,
): Promise<Execution> {
  const { operation } = endpoint;
  const { traceparent } = keyed;
  const idempotency = await idempotencyOf(endpoint, request, keyed);
  return beginExecution({
    tenantId: DEFAULT_TENANT,
    actor: 'api',
    source: operation,
    causationId: uuidV7(),
    correlationId: request.id,
    ...(traceparent && { traceparent }),
    ...(idempotency && { idempotency }),
  });
}

async function idempotencyOf(
  { method, operation }: Endpoint,
  { headers }: FastifyRequest,
  { input, plan: { secrets }, digestCost }: KeyedRequest,
): Promise<Idempotency | undefined> {
  const key = headers[KEY_HEADER.toLowerCase()];
  if (method !== 'POST' || key === undefined) return undefined;
  assertKey(key);
  return { operation, key, fingerprint: await fingerprintOf({ operation, key, input, secrets }, digestCost) };
}

function assertKey(key: string | string[]): asserts key is string {
  if (typeof key === 'string' && KEY.test(key)) return;
  const message = 'must be 1 to 255 visible ASCII characters';
  throw new InvalidInput([{ in: 'header', path: KEY_HEADER, message }]);
}
