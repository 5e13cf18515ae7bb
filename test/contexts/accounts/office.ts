import { createAccounts, type PasswordHasher, type RegisterCustomer, type VerifyPassword } from '#contexts/accounts';
import { createScryptHasher } from '#contexts/accounts/adapters/scrypt';
import { accountsInMemory } from '#contexts/accounts/in-memory';
import { accountsOnMikroOrm } from '#contexts/accounts/mikro-orm';
import { migrations } from '#migrations/accounts';
import type { CustomerId } from '#shared-kernel/ids';
import { describeOnEachAdapter, type TestContext } from '../../support/context.ts';

/** As cheap as it gets: what is proved here does not depend on the cost. */
export const passwords = createScryptHasher({ ln: 4, r: 8, p: 1 });

export const PASSWORD = 'marker-4711-battery-staple';
export const ANOTHER = 'marker-4712-correct-horse';

type Accounts = TestContext<ReturnType<typeof createAccounts>>;

type Suite = (open: () => Accounts) => void;

export const describeAccounts = (suite: Suite) => describeAccountsWith(passwords, suite);

export const describeAccountsWith = (passwords: PasswordHasher, suite: Suite) =>
  describeOnEachAdapter(
    'accounts',
    {
      create: (store: Parameters<typeof createAccounts>[0]) => createAccounts(store, { passwords }),
      inMemory: accountsInMemory,
      mikroOrm: accountsOnMikroOrm,
      migrations,
    },
    suite,
  );

export const register = ({ as, context }: Accounts, more: Partial<RegisterCustomer> = {}) =>
  as(() => context.commands.registerCustomer({ name: 'Ada', email: 'ada@example.com', language: 'en', ...more }));

export const get = ({ as, context }: Accounts, id: CustomerId) => as(() => context.queries.getCustomer(id));

export const signIn = ({ as, context }: Accounts, person: VerifyPassword) =>
  as(() => context.queries.verifyPassword(person));

export const erase = ({ as, context }: Accounts, customerId: CustomerId) =>
  as(() => context.commands.eraseCustomer({ customerId }));
