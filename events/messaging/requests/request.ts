import { z } from 'zod';
import type { TenantId } from '#shared-kernel/tenant';

/** An effect outside the database that a unit of work asks for. It is recorded with the unit and performed after it. */
export interface NewRequest {
  readonly kind: string;
  /** Stable: the same request under the same id is one request, whoever asks again. */
  readonly id: string;
  /**
   * Requests of one kind and key are performed one after the other, as long as the key names a row that whoever asks writes or
   * locks: two that ask at the same time see nothing of each other.
   */
  readonly key: string | null;
  readonly payload: unknown;
}

/** Records a request with the running unit of work. */
export type SendRequest = (request: NewRequest) => void;

/** One kind of request: called with an id, and perhaps a key, it makes one. */
export interface RequestType<Payload extends z.ZodType> {
  (request: { readonly id: string; readonly key?: string; readonly payload: z.output<Payload> }): NewRequest;
  readonly kind: string;
  readonly payload: Payload;
}

/** Declares an external effect: `defineRequest('billing.capturePayment', z.object({ … }))`. */
export function defineRequest<Payload extends z.ZodType>(kind: string, payload: Payload): RequestType<Payload> {
  const create: (request: { id: string; key?: string; payload: z.output<Payload> }) => NewRequest = (request) => ({
    kind,
    id: request.id,
    key: request.key ?? null,
    payload: z.encode(payload, request.payload),
  });
  return Object.assign(create, { kind, payload });
}

/** What a call to the outside may use. */
export interface Call {
  readonly tenantId: TenantId;
  /** The same for every attempt of one request, and of no other tenant's: the other side must perform it once. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** Performs the requests of one kind: calls outside any transaction, then records the answer inside one. */
export interface Executor<Scope> {
  readonly kind: string;
  /** Calls of this kind at the same time, in one process. */
  readonly concurrency: number;
  /** Longest one call may take, milliseconds. */
  readonly timeout: number;
  /** Calls of one request before it is given up; infinite: until it is answered. */
  readonly attempts: number;
  readonly call: (payload: unknown, call: Call) => Promise<unknown>;
  readonly record: (
    scope: Scope,
    done: { readonly id: string; readonly payload: unknown; readonly answer: unknown },
  ) => Promise<void>;
  readonly giveUp: (
    scope: Scope,
    failed: { readonly id: string; readonly payload: unknown; readonly error: string },
  ) => Promise<void>;
}

interface ExecutorDefinition<Scope, Payload extends z.ZodType, Answer> {
  readonly performs: RequestType<Payload>;
  readonly concurrency?: number;
  readonly timeout?: number;
  readonly attempts?: number;
  /** The call itself. Throws to be tried again. The answer is kept as JSON. */
  readonly call: (payload: z.output<Payload>, call: Call) => Promise<Answer>;
  /** Turns the answer into facts; runs in one transaction with keeping it, and with others that come at the same time. */
  readonly record: (
    scope: Scope,
    done: { readonly id: string; readonly payload: z.output<Payload>; readonly answer: Answer },
  ) => Promise<void>;
  /** All attempts failed. */
  readonly giveUp: (
    scope: Scope,
    failed: { readonly id: string; readonly payload: z.output<Payload>; readonly error: string },
  ) => Promise<void>;
}

/** `defineExecutor<BillingScope>()({ performs: CapturePayment, call, record, giveUp })`: 8 at once, 10 s and 10 attempts each. */
export const defineExecutor =
  <Scope>() =>
  <Payload extends z.ZodType, Answer>({
    performs,
    call,
    record,
    giveUp,
    ...options
  }: ExecutorDefinition<Scope, Payload, Answer>): Executor<Scope> => ({
    kind: performs.kind,
    concurrency: 8,
    timeout: 10_000,
    attempts: 10,
    ...options,
    call: (payload, details) => call(z.decode(performs.payload, payload as z.input<Payload>), details),
    record: (scope, done) =>
      record(scope, {
        id: done.id,
        payload: z.decode(performs.payload, done.payload as z.input<Payload>),
        answer: done.answer as Answer,
      }),
    giveUp: (scope, failed) =>
      giveUp(scope, { ...failed, payload: z.decode(performs.payload, failed.payload as z.input<Payload>) }),
  });
