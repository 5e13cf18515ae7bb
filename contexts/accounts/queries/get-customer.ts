import type { CustomerId } from '#shared-kernel/ids';
import type { AccountsScope } from '../ports.ts';
import { type CustomerView, viewCustomer } from './customer-view.ts';

/** @throws {CustomerNotFound} */
export async function getCustomer({ customers }: AccountsScope, customerId: CustomerId): Promise<CustomerView> {
  return viewCustomer(await customers.get(customerId));
}
