import type { PostalAddress } from '#shared-kernel/address';
import type { CustomerId } from '#shared-kernel/ids';

/** Whoever pays. */
export interface Customer {
  readonly id: CustomerId;
  readonly billingAddress: PostalAddress | null;
  readonly taxId: string | null;
  /** Forgotten, and never to be known again. */
  readonly isErased: boolean;
}

export const newCustomer = (id: CustomerId): Customer => ({ id, billingAddress: null, taxId: null, isErased: false });

export const erasedCustomer = (id: CustomerId): Customer => ({ ...newCustomer(id), isErased: true });
