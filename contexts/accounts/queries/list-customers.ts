import type { z } from 'zod';
import { CustomerId } from '#shared-kernel/ids';
import { cursor, type Page, PageRequest } from '#shared-kernel/page';
import type { AccountsScope } from '../ports.ts';
import { type CustomerView, viewCustomer } from './customer-view.ts';

export const ListCustomers = PageRequest.extend({ after: cursor(CustomerId) });
export type ListCustomers = z.output<typeof ListCustomers>;

export async function listCustomers({ customers }: AccountsScope, page: ListCustomers): Promise<Page<CustomerView>> {
  const { items, next } = await customers.list(page);
  return { items: items.map(viewCustomer), next };
}
