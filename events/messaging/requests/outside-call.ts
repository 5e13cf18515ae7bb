import { runAs } from '../units/execution.ts';
import { describeError } from '../lanes/failure.ts';
import type { Executor } from './request.ts';
import type { CallEnd, PendingRequest } from './request-storage.ts';
import type { Timing } from '../timing.ts';
import type { Tracing } from '../watching/tracing.ts';
import { within } from '../within.ts';

/** A call to the outside took longer than it may. */
export class CallTimedOut extends Error {
  constructor(kind: string, milliseconds: number) {
    super(`${kind} was not answered within ${milliseconds} ms`);
    this.name = 'CallTimedOut';
  }
}

/** Makes the call of a request once, outside any transaction. Never rejects; an answer that is no JSON is a failure. */
export async function callOutside(
  executor: Pick<Executor<never>, 'call' | 'timeout'>,
  request: PendingRequest,
  { timing, tracing }: { readonly timing: Timing; readonly tracing?: Tracing | undefined },
): Promise<CallEnd> {
  const abort = new AbortController();
  const { tenantId, kind, id, payload } = request;
  const details = { tenantId, idempotencyKey: `${tenantId}:${kind}:${id}`, signal: abort.signal };
  const late = () => new CallTimedOut(kind, executor.timeout);
  const span = tracing?.call(kind, request.execution.traceparent);
  try {
    const calling = runAs({ ...request.execution, source: kind }, () => executor.call(payload, details));
    const answer = asKept(await within(executor.timeout, calling, late, timing));
    span?.end();
    return { answer };
  } catch (error) {
    abort.abort();
    span?.end(error);
    return { error: describeError(error) };
  }
}

/** Whoever records an answer gets it as it is kept, whether that is at once or later. */
const asKept = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer ?? null)) as unknown;
