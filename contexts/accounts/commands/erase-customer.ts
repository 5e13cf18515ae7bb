import { z } from 'zod';
import { CustomerErased } from '#events/accounts';
import { CustomerId } from '#shared-kernel/ids';
import { erase } from '../domain/customer.ts';
import type { AccountsScope } from '../ports.ts';

export const EraseCustomer = z.strictObject({ customerId: CustomerId });
export type EraseCustomer = z.output<typeof EraseCustomer>;

/** Forgets a person: everything but the id and the day they came. Twice is once. @throws {CustomerNotFound} */
export async function eraseCustomer(
  { customers, credentials, publish }: AccountsScope,
  { customerId }: EraseCustomer,
): Promise<void> {
  const customer = await customers.get(customerId);
  if (customer.status === 'erased') return;
  await customers.save(erase(customer));
  await credentials.remove(customerId);
  publish(CustomerErased({ customerId }));
}
