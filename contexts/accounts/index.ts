import type { ContextStore } from '#events/messaging';
import type { CustomerId } from '#shared-kernel/ids';
import { bindTo } from '#shared-kernel/unit-of-work';
import { administerCustomer } from './commands/administer-customer.ts';
import { replacePassword, verifyBefore } from './commands/change-password.ts';
import { changeProfile } from './commands/change-profile.ts';
import { eraseCustomer } from './commands/erase-customer.ts';
import { hashBefore, registerCustomer } from './commands/register-customer.ts';
import type { AccountsScope, PasswordHasher } from './ports.ts';
import { getCustomer } from './queries/get-customer.ts';
import { listCustomersByIds } from './queries/list-customers-by-ids.ts';
import { listCustomers } from './queries/list-customers.ts';
import { findCredentials, verifyWith } from './queries/verify-password.ts';

export { AdministerCustomer } from './commands/administer-customer.ts';
export { ChangePassword } from './commands/change-password.ts';
export { ChangeProfile } from './commands/change-profile.ts';
export { EraseCustomer } from './commands/erase-customer.ts';
export { RegisterCustomer } from './commands/register-customer.ts';
export { CustomerView } from './queries/customer-view.ts';
export { ListCustomersByIds } from './queries/list-customers-by-ids.ts';
export { ListCustomers } from './queries/list-customers.ts';
export { VerifyPassword } from './queries/verify-password.ts';
export type { AccountsScope, PasswordHasher } from './ports.ts';

export interface AccountsDependencies {
  readonly passwords: PasswordHasher;
}

/** People: their registration, profile, roles, password, and their right to be forgotten. */
export function createAccounts(store: ContextStore<AccountsScope>, { passwords }: AccountsDependencies) {
  const inUnitOfWork = bindTo(store.unitOfWork);
  const reading = bindTo(store.reading);
  const hashOf = reading(({ credentials }: AccountsScope, customerId: CustomerId) => credentials.find(customerId));
  return {
    commands: {
      registerCustomer: hashBefore(passwords, inUnitOfWork(registerCustomer)),
      changeProfile: inUnitOfWork(changeProfile),
      changePassword: verifyBefore(passwords, hashOf, inUnitOfWork(replacePassword)),
      administerCustomer: inUnitOfWork(administerCustomer),
      eraseCustomer: inUnitOfWork(eraseCustomer),
    },
    queries: {
      getCustomer: reading(getCustomer),
      listCustomers: reading(listCustomers),
      listCustomersByIds: reading(listCustomersByIds),
      verifyPassword: verifyWith(passwords, reading(findCredentials)),
    },
    subscribers: [],
    executors: [],
  };
}
