import { z } from 'zod';
import { CustomerId } from '#shared-kernel/ids';
import type { AccountsScope } from '../ports.ts';
import { type CustomerView, viewCustomer } from './customer-view.ts';

export const ListCustomersByIds = z.strictObject({ ids: z.array(CustomerId).max(1000) });
export type ListCustomersByIds = z.output<typeof ListCustomersByIds>;

/** Those of them that are known, erased or not, at once, in any order. */
export async function listCustomersByIds(
  { customers }: AccountsScope,
  { ids }: ListCustomersByIds,
): Promise<readonly CustomerView[]> {
  return (await customers.findAll(ids)).map(viewCustomer);
}
