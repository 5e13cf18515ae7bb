import { z } from 'zod';
import { CustomerId } from '#shared-kernel/ids';
import { Instant } from '#shared-kernel/instant';
import { type Customer, ROLES } from '../domain/customer.ts';

/** A customer as others may see them; of who was erased nothing personal is left. */
export const CustomerView = z.object({
  id: CustomerId,
  status: z.enum(['active', 'erased']),
  name: z.string().nullable(),
  email: z.string().nullable(),
  language: z.string().nullable(),
  roles: z.array(z.enum(ROLES)),
  registeredAt: Instant,
});
export type CustomerView = z.output<typeof CustomerView>;

export function viewCustomer(customer: Customer): CustomerView {
  const { id, status, registeredAt } = customer;
  if (customer.status === 'erased')
    return { id, status, name: null, email: null, language: null, roles: [], registeredAt };
  const { name, email, language, roles } = customer;
  return { id, status, name, email, language, roles: [...roles], registeredAt };
}
