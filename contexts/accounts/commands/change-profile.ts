import { z } from 'zod';
import { CustomerProfileChanged } from '#events/accounts';
import { CustomerId } from '#shared-kernel/ids';
import { EmailAddress, LanguageTag, text } from '#shared-kernel/text';
import { changeProfile as change } from '../domain/customer.ts';
import type { AccountsScope } from '../ports.ts';
import { published } from './register-customer.ts';

/** What is left out stays as it is. */
export const ChangeProfile = z.strictObject({
  customerId: CustomerId,
  name: text(200).optional(),
  email: EmailAddress.optional(),
  language: LanguageTag.optional(),
});
export type ChangeProfile = z.output<typeof ChangeProfile>;

/** @throws {CustomerNotFound} {@link CustomerIsErased} {@link EmailTaken} */
export async function changeProfile(
  { customers, publish }: AccountsScope,
  { customerId, ...profile }: ChangeProfile,
): Promise<void> {
  const customer = await customers.get(customerId);
  const changed = change(customer, profile);
  if (changed === customer) return;
  await customers.save(changed);
  publish(CustomerProfileChanged(published(changed)));
}
