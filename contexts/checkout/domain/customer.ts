import type { CustomerId } from '#shared-kernel/ids';

/** Whoever orders: this context's own copy. */
export interface Customer {
  readonly id: CustomerId;
  readonly name: string;
  readonly email: string;
}
