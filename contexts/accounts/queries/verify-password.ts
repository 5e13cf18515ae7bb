import { z } from 'zod';
import { CustomerId } from '#shared-kernel/ids';
import { EmailAddress } from '#shared-kernel/text';
import { TypedPassword } from '../commands/password.ts';
import type { ActiveCustomer } from '../domain/customer.ts';
import type { AccountsScope, PasswordHasher } from '../ports.ts';
import { CustomerView } from './customer-view.ts';

export const VerifyPassword = z.union([
  z.strictObject({ email: EmailAddress, password: TypedPassword }),
  z.strictObject({ customerId: CustomerId, password: TypedPassword }),
]);
export type VerifyPassword = z.output<typeof VerifyPassword>;

/** Who signs in, and as what; null where person and password do not belong together. */
export const VerifiedCustomer = z.object({ customerId: CustomerId, roles: CustomerView.shape.roles }).nullable();
export type VerifiedCustomer = z.output<typeof VerifiedCustomer>;

interface Known {
  readonly customer: ActiveCustomer | undefined;
  readonly passwordHash: string | undefined;
}

/** Who is meant, and the hash of their password. Stays inside the context. */
export async function findCredentials(scope: AccountsScope, person: VerifyPassword): Promise<Known> {
  const customer = await findPerson(scope, person);
  return { customer, passwordHash: customer && (await scope.credentials.find(customer.id)) };
}

/** Verifies outside any unit of work, and takes as long for somebody unknown as for a wrong password. */
export const verifyWith =
  (passwords: PasswordHasher, find: (person: VerifyPassword) => Promise<Known>) =>
  async (person: VerifyPassword): Promise<VerifiedCustomer> => {
    const { customer, passwordHash } = await find(person);
    const isRight = await passwords.verify(person.password, passwordHash);
    return isRight && customer ? { customerId: customer.id, roles: [...customer.roles] } : null;
  };

async function findPerson({ customers }: AccountsScope, person: VerifyPassword): Promise<ActiveCustomer | undefined> {
  if ('email' in person) return customers.findByEmail(person.email);
  const customer = await customers.find(person.customerId);
  return customer?.status === 'active' ? customer : undefined;
}
