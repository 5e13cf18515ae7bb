import { z } from 'zod';
import { CustomerRegistered } from '#events/accounts';
import { CustomerId, newId } from '#shared-kernel/ids';
import { EmailAddress, LanguageTag, text } from '#shared-kernel/text';
import { type ActiveCustomer, register } from '../domain/customer.ts';
import type { AccountsScope, PasswordHasher } from '../ports.ts';
import { NewPassword } from './password.ts';

export const RegisterCustomer = z.strictObject({
  customerId: CustomerId.optional().describe(
    'Of somebody who was numbered elsewhere, so that an import may be run again.',
  ),
  name: text(200),
  email: EmailAddress,
  language: LanguageTag.default('en'),
  password: NewPassword.optional().describe('Left out: they cannot sign in.'),
});
export type RegisterCustomer = z.output<typeof RegisterCustomer>;

/** A registration as a unit of work may see it. */
export type Registration = Omit<RegisterCustomer, 'password'> & { readonly passwordHash: string | undefined };

/** Hashes first: the unit of work opens when the slow part is done, and never sees the password. */
export const hashBefore =
  (passwords: PasswordHasher, enter: (registration: Registration) => Promise<CustomerId>) =>
  async ({ password, ...customer }: RegisterCustomer): Promise<CustomerId> =>
    enter({ ...customer, passwordHash: password === undefined ? undefined : await passwords.hash(password) });

/** Somebody who is known under the id already, or was erased, is left as they are. @throws {EmailTaken} */
export async function registerCustomer(scope: AccountsScope, registration: Registration): Promise<CustomerId> {
  const { customers, credentials, clock, publish } = scope;
  const { customerId = newId(CustomerId), passwordHash, ...profile } = registration;
  if (await customers.find(customerId)) return customerId;
  const customer = register(customerId, profile, clock.now());
  await customers.add(customer);
  if (passwordHash) await credentials.save(customerId, passwordHash);
  publish(CustomerRegistered(published(customer)));
  return customerId;
}

/** What others learn of a customer. */
export const published = ({ id, name, email, language }: ActiveCustomer) => ({
  customerId: id,
  name,
  email,
  language,
});
