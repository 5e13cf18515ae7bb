import type { CustomerId } from '#shared-kernel/ids';
import { forgetPerson } from '../domain/reservation.ts';
import type { FulfillmentScope } from '../ports.ts';

/** Removes a customer's address from what is delivered; what is on its way is still delivered, and forgotten then. */
export async function forgetCustomer(
  { reservations, erasedCustomers }: FulfillmentScope,
  customerId: CustomerId,
): Promise<void> {
  await erasedCustomers.add(customerId);
  const theirs = await reservations.lockOfCustomer(customerId);
  for (const reservation of theirs) {
    if (reservation.status === 'delivered') await reservations.save(forgetPerson(reservation));
  }
}
