import { z } from 'zod';
import { CustomerId } from '#shared-kernel/ids';
import { assignRoles, ROLES } from '../domain/customer.ts';
import type { AccountsScope } from '../ports.ts';

export const AdministerCustomer = z.strictObject({
  customerId: CustomerId,
  roles: z.array(z.enum(ROLES)).min(1).max(10),
});
export type AdministerCustomer = z.output<typeof AdministerCustomer>;

/** These roles from now on, in place of those before. @throws {CustomerNotFound} {@link CustomerIsErased} */
export async function administerCustomer(
  { customers }: AccountsScope,
  { customerId, roles }: AdministerCustomer,
): Promise<void> {
  await customers.save(assignRoles(await customers.get(customerId), roles));
}
