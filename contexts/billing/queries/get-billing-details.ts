import { z } from 'zod';
import { PostalAddress } from '#shared-kernel/address';
import { CustomerId } from '#shared-kernel/ids';
import { CustomerUnknown } from '../domain/errors.ts';
import type { BillingScope } from '../ports.ts';

/** What a customer wants to read on invoices. */
export const BillingDetailsView = z.object({
  customerId: CustomerId,
  billingAddress: PostalAddress.nullable(),
  taxId: z.string().nullable(),
});
export type BillingDetailsView = z.output<typeof BillingDetailsView>;

/** @throws {CustomerUnknown} */
export async function getBillingDetails(
  { customers }: BillingScope,
  customerId: CustomerId,
): Promise<BillingDetailsView> {
  const customer = await customers.find(customerId);
  if (!customer || customer.isErased) throw new CustomerUnknown(customerId);
  const { billingAddress, taxId } = customer;
  return { customerId, billingAddress, taxId };
}
