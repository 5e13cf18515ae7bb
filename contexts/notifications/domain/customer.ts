import type { CustomerId } from '#shared-kernel/ids';

/** Somebody who can be written to: this context's own copy. */
interface KnownCustomer {
  readonly id: CustomerId;
  readonly email: string;
  /** BCP 47. */
  readonly language: string;
  readonly isErased: false;
}

/** Somebody who is forgotten, and never to be written to again. */
interface ErasedCustomer {
  readonly id: CustomerId;
  readonly isErased: true;
}

export type Customer = KnownCustomer | ErasedCustomer;
