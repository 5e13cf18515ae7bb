import { z } from 'zod';
import { CustomerId } from '#shared-kernel/ids';
import { WrongPassword } from '../domain/errors.ts';
import type { AccountsScope, PasswordHasher } from '../ports.ts';
import { NewPassword, TypedPassword } from './password.ts';

export const ChangePassword = z.strictObject({
  customerId: CustomerId,
  currentPassword: TypedPassword,
  newPassword: NewPassword,
});
export type ChangePassword = z.output<typeof ChangePassword>;

/** One hash in place of another; undefined where the present password was not known. */
export interface Replacement {
  readonly customerId: CustomerId;
  readonly hashes: { readonly from: string; readonly to: string } | undefined;
}

/**
 * Verifies and hashes first, outside any unit of work; the unit then replaces the hash that was verified, and no other. It is
 * entered after a wrong password as well: only inside it is known whether this is the repeat of a change that was made.
 */
export const verifyBefore =
  (
    passwords: PasswordHasher,
    hashOf: (customerId: CustomerId) => Promise<string | undefined>,
    replace: (replacement: Replacement) => Promise<void>,
  ) =>
  async ({ customerId, currentPassword, newPassword }: ChangePassword): Promise<void> => {
    const from = await hashOf(customerId);
    const isRight = await passwords.verify(currentPassword, from);
    const isKnown = isRight && from !== undefined;
    await replace({ customerId, hashes: isKnown ? { from, to: await passwords.hash(newPassword) } : undefined });
  };

/** @throws {WrongPassword} also when the password was changed, or the customer erased, in the meantime */
export async function replacePassword({ credentials }: AccountsScope, replacement: Replacement): Promise<void> {
  const { customerId, hashes } = replacement;
  if (!hashes || (await credentials.find(customerId)) !== hashes.from) throw new WrongPassword();
  await credentials.save(customerId, hashes.to);
}
