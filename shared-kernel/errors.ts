/** How an edge answers: 400 invalid, 404 not-found, 409 conflict, 422 rejected, 503 unavailable. */
export type ErrorKind = 'invalid' | 'not-found' | 'conflict' | 'rejected' | 'unavailable';

/** A broken rule, named by a stable code such as `checkout.product-not-for-sale`. Thrown, never returned: a throw rolls back. */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  abstract readonly kind: ErrorKind;
  /** True where the rule was judged on a copy of another context's facts, which may be a moment behind. */
  readonly judgedOnCopy: boolean = false;
  /** Facts a caller can act on; JSON only, nothing personal. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = new.target.name;
    this.details = details;
  }
}
