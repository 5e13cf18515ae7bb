import { z } from 'zod';
import { PostalAddress } from '#shared-kernel/address';
import { CustomerId } from '#shared-kernel/ids';
import { text } from '#shared-kernel/text';
import { CustomerUnknown } from '../domain/errors.ts';
import type { BillingScope } from '../ports.ts';

/** What is left out stays as it is; null removes. */
export const ChangeBillingDetails = z.strictObject({
  customerId: CustomerId,
  billingAddress: PostalAddress.nullable().optional(),
  taxId: text(30).nullable().optional(),
});
export type ChangeBillingDetails = z.output<typeof ChangeBillingDetails>;

/** Changes what the next invoices say; those that are issued stay as they are. @throws {CustomerUnknown} */
export async function changeBillingDetails(
  { customers }: BillingScope,
  { customerId, billingAddress, taxId }: ChangeBillingDetails,
): Promise<void> {
  const customer = await customers.find(customerId);
  if (!customer || customer.isErased) throw new CustomerUnknown(customerId);
  await customers.save({
    ...customer,
    ...(billingAddress !== undefined && { billingAddress }),
    ...(taxId !== undefined && { taxId }),
  });
}
