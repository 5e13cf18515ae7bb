import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  AdministerCustomer,
  ChangePassword,
  ChangeProfile,
  createAccounts,
  CustomerView,
  ListCustomers,
  RegisterCustomer,
  VerifyPassword,
} from '#contexts/accounts';
import { createScryptHasher } from '#contexts/accounts/adapters/scrypt';
import { accountsInMemory } from '#contexts/accounts/in-memory';
import { accountsOnMikroOrm } from '#contexts/accounts/mikro-orm';
import { migrations } from '#migrations/accounts';
import { CustomerId, newId } from '#shared-kernel/ids';
import { describeOnEachAdapter, type TestContext } from '../support/context.ts';

/** As cheap as it gets: what is proved here does not depend on the cost. */
const passwords = createScryptHasher({ ln: 4, r: 8, p: 1 });

/** What else happens while a password is being hashed. */
let meanwhile: () => Promise<unknown> = async () => undefined;

const unhurried: typeof passwords = {
  ...passwords,
  hash: async (password) => {
    await meanwhile();
    return passwords.hash(password);
  },
};

const accounts = {
  create: (store: Parameters<typeof createAccounts>[0]) => createAccounts(store, { passwords: unhurried }),
  inMemory: accountsInMemory,
  mikroOrm: accountsOnMikroOrm,
  migrations,
};

const PASSWORD = 'marker-4711-battery-staple';
const ANOTHER = 'marker-4712-correct-horse';

describeOnEachAdapter('accounts', accounts, (open) => {
  type Accounts = TestContext<ReturnType<typeof createAccounts>>;

  const register = ({ as, context }: Accounts, more: Partial<RegisterCustomer> = {}) =>
    as(() => context.commands.registerCustomer({ name: 'Ada', email: 'ada@example.com', language: 'en', ...more }));

  const get = ({ as, context }: Accounts, id: CustomerId) => as(() => context.queries.getCustomer(id));

  const signIn = ({ as, context }: Accounts, person: VerifyPassword) =>
    as(() => context.queries.verifyPassword(person));

  const erase = ({ as, context }: Accounts, customerId: CustomerId) =>
    as(() => context.commands.eraseCustomer({ customerId }));

  const typesPublished = async ({ published }: Accounts) => (await published()).map(([type]) => type);

  describe('a customer', () => {
    test('is registered with what they say of themselves, and published', async () => {
      const office = open();
      const customerId = await register(office, { language: 'de-CH' });
      expect(await get(office, customerId)).toEqual({
        id: customerId,
        status: 'active',
        name: 'Ada',
        email: 'ada@example.com',
        language: 'de-CH',
        roles: ['customer'],
        registeredAt: office.clock.now(),
      });
      expect(await office.published()).toEqual([
        ['accounts.CustomerRegistered', { customerId, name: 'Ada', email: 'ada@example.com', language: 'de-CH' }],
      ]);
    });

    test('that nobody registered is not found', async () => {
      const office = open();
      const customerId = newId(CustomerId);
      const unknown = [
        get(office, customerId),
        office.as(() => office.context.commands.changeProfile({ customerId, name: 'X' })),
        office.as(() => office.context.commands.administerCustomer({ customerId, roles: ['admin'] })),
        erase(office, customerId),
      ];
      await Promise.all(
        unknown.map((one) => expect(one).rejects.toMatchObject({ code: 'accounts.customer-not-found' })),
      );
    });

    test('with the e-mail address of another one is refused, in capitals or not', async () => {
      const office = open();
      await register(office);
      await office.published();
      const second = await register(office, { email: 'ADA@Example.com' }).catch((error: unknown) => error);
      expect(second).toMatchObject({ code: 'accounts.email-taken' });
      expect(inspect(second, { depth: 9, showHidden: true })).not.toMatch(/ada@/i);
      expect(await office.published()).toEqual([]);
    });

    test('gets an e-mail address once, however many ask for it at the same time', async () => {
      const office = open();
      const all = await Promise.allSettled(Array.from({ length: 8 }, () => register(office)));
      const refused = all.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
      expect(refused).toHaveLength(7);
      for (const reason of refused) expect(reason).toMatchObject({ code: 'accounts.email-taken' });
      expect(await typesPublished(office)).toEqual(['accounts.CustomerRegistered']);
    });

    test('may have the e-mail address that another tenant knows', async () => {
      const [one, other] = [open(), open()];
      const id = await register(one, { password: PASSWORD });
      await register(other);
      await expect(get(other, id)).rejects.toMatchObject({ code: 'accounts.customer-not-found' });
      expect(await signIn(other, { email: 'ada@example.com', password: PASSWORD })).toBeNull();
      expect(await signIn(other, { customerId: id, password: PASSWORD })).toBeNull();
    });

    test('who is registered again under their id is left as they are', async () => {
      const office = open();
      const customerId = newId(CustomerId);
      await register(office, { customerId, password: PASSWORD });
      expect(await register(office, { customerId, name: 'Eve', email: 'eve@example.com', password: ANOTHER })).toBe(
        customerId,
      );
      expect(await get(office, customerId)).toMatchObject({ name: 'Ada', email: 'ada@example.com' });
      expect(await signIn(office, { customerId, password: ANOTHER })).toBeNull();
      expect(await typesPublished(office)).toEqual(['accounts.CustomerRegistered']);
    });

    test('is registered once under an id, however many do it at the same time', async () => {
      const office = open();
      const customerId = newId(CustomerId);
      const all = await Promise.all(
        Array.from({ length: 8 }, () => register(office, { customerId, password: PASSWORD })),
      );
      expect(new Set(all)).toEqual(new Set([customerId]));
      expect(await typesPublished(office)).toEqual(['accounts.CustomerRegistered']);
    });

    test('changes what is given, and it is published as it is now', async () => {
      const office = open();
      const customerId = await register(office);
      await office.published();
      const change = (profile: Omit<ChangeProfile, 'customerId'>) =>
        office.as(() => office.context.commands.changeProfile({ customerId, ...profile }));
      await change({ email: 'countess@example.com', name: undefined });
      const now = { name: 'Ada', email: 'countess@example.com', language: 'en' };
      expect(await get(office, customerId)).toMatchObject(now);
      await change(now);
      expect(await office.published()).toEqual([['accounts.CustomerProfileChanged', { customerId, ...now }]]);
    });

    test('does not take the e-mail address of another one, but may have one that was given up', async () => {
      const office = open();
      await register(office);
      const customerId = await register(office, { email: 'eve@example.com' });
      const take = (email: string) => office.as(() => office.context.commands.changeProfile({ customerId, email }));
      await expect(take('ada@example.com')).rejects.toMatchObject({ code: 'accounts.email-taken' });
      expect(await get(office, customerId)).toMatchObject({ email: 'eve@example.com' });
      await take('eve@example.org');
      await register(office, { email: 'eve@example.com' });
    });

    test('has the roles that were assigned last, each once', async () => {
      const office = open();
      const customerId = await register(office, { password: PASSWORD });
      await office.published();
      const assign = (roles: AdministerCustomer['roles']) =>
        office.as(() => office.context.commands.administerCustomer({ customerId, roles }));
      await assign(['admin']);
      await assign(['support', 'customer', 'support']);
      expect((await get(office, customerId)).roles).toEqual(['customer', 'support']);
      expect(await signIn(office, { customerId, password: PASSWORD })).toEqual({
        customerId,
        roles: ['customer', 'support'],
      });
      expect(await office.published()).toEqual([]);
    });
  });

  describe('a password', () => {
    test('opens the account, by id and by e-mail address in capitals or not', async () => {
      const office = open();
      const customerId = await register(office, { password: PASSWORD });
      const opened = { customerId, roles: ['customer'] };
      expect(await signIn(office, { customerId, password: PASSWORD })).toEqual(opened);
      const typed = z.decode(VerifyPassword, { email: 'ADA@example.com', password: PASSWORD });
      expect(await signIn(office, typed)).toEqual(opened);
    });

    test('that is wrong, or of somebody unknown or without one, opens nothing', async () => {
      const office = open();
      const customerId = await register(office, { password: PASSWORD });
      const without = await register(office, { email: 'eve@example.com' });
      const persons = [
        { customerId, password: ANOTHER },
        { customerId, password: '' },
        { customerId: without, password: PASSWORD },
        { customerId: newId(CustomerId), password: PASSWORD },
        { email: 'nobody@example.com', password: PASSWORD },
      ];
      for (const person of persons) expect(await signIn(office, person)).toBeNull();
    });

    test('is changed by whoever knows it', async () => {
      const office = open();
      const customerId = await register(office, { password: PASSWORD });
      await office.published();
      const change = (currentPassword: string, newPassword: string) =>
        office.as(() => office.context.commands.changePassword({ customerId, currentPassword, newPassword }));
      await expect(change(ANOTHER, ANOTHER)).rejects.toMatchObject({ code: 'accounts.wrong-password' });
      await change(PASSWORD, ANOTHER);
      expect(await signIn(office, { customerId, password: PASSWORD })).toBeNull();
      expect(await signIn(office, { customerId, password: ANOTHER })).not.toBeNull();
      expect(await office.published()).toEqual([]);
    });

    test('is changed once by those who change the same one at the same time', async () => {
      const office = open();
      const customerId = await register(office, { password: PASSWORD });
      const wanted = [1, 2, 3, 4].map((n) => `${ANOTHER} ${n}`);
      const all = await Promise.allSettled(
        wanted.map((newPassword) =>
          office.as(() =>
            office.context.commands.changePassword({ customerId, currentPassword: PASSWORD, newPassword }),
          ),
        ),
      );
      const refused = all.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
      expect(refused).toHaveLength(3);
      for (const reason of refused) expect(reason).toMatchObject({ code: 'accounts.wrong-password' });
      const winner = wanted[all.findIndex(({ status }) => status === 'fulfilled')]!;
      expect(await signIn(office, { customerId, password: winner })).not.toBeNull();
    });

    test('cannot be changed for somebody who is unknown, was erased, or has none: all alike', async () => {
      const office = open();
      const without = await register(office, { email: 'eve@example.com' });
      const erased = await register(office, { password: PASSWORD });
      await erase(office, erased);
      for (const customerId of [newId(CustomerId), without, erased]) {
        const change = office.as(() =>
          office.context.commands.changePassword({ customerId, currentPassword: PASSWORD, newPassword: ANOTHER }),
        );
        await expect(change).rejects.toMatchObject({ code: 'accounts.wrong-password', details: {} });
      }
    });

    describe('is hashed while no unit of work is open', () => {
      afterEach(() => void (meanwhile = async () => undefined));

      test('so that others register meanwhile, and stay even if this registration fails', async () => {
        const office = open();
        let quicker: CustomerId | undefined;
        meanwhile = async () => void (quicker = await register(office));
        const registering = register(office, { password: PASSWORD });
        await expect(registering).rejects.toMatchObject({ code: 'accounts.email-taken' });
        expect(await get(office, quicker!)).toMatchObject({ email: 'ada@example.com' });
      });

      test('so that whoever is erased meanwhile has none afterwards', async () => {
        const office = open();
        const customerId = await register(office, { password: PASSWORD });
        meanwhile = () => erase(office, customerId);
        const changing = office.as(() =>
          office.context.commands.changePassword({ customerId, currentPassword: PASSWORD, newPassword: ANOTHER }),
        );
        await expect(changing).rejects.toMatchObject({ code: 'accounts.wrong-password' });
        expect(await get(office, customerId)).toMatchObject({ status: 'erased' });
        expect(await signIn(office, { customerId, password: ANOTHER })).toBeNull();
      });
    });

    test('leaves no trace in any event, view or error', async () => {
      const office = open();
      const { commands, queries } = office.context;
      const customerId = await register(office, { password: PASSWORD });
      const seen: unknown[] = [];
      const see = async (what: () => Promise<unknown>) =>
        void seen.push(await office.as(what).catch((error: unknown) => error));
      await see(() => commands.changeProfile({ customerId, name: 'Countess' }));
      await see(() => commands.administerCustomer({ customerId, roles: ['support'] }));
      await see(() => commands.changePassword({ customerId, currentPassword: ANOTHER, newPassword: PASSWORD }));
      await see(() =>
        commands.registerCustomer({ name: 'E', email: 'ada@example.com', language: 'en', password: PASSWORD }),
      );
      await see(() => commands.changePassword({ customerId, currentPassword: PASSWORD, newPassword: ANOTHER }));
      await see(() => queries.getCustomer(customerId));
      await see(() => queries.listCustomers({ limit: 100 }));
      await see(() => queries.listCustomersByIds({ ids: [customerId] }));
      await see(() => queries.verifyPassword({ customerId, password: ANOTHER }));
      await see(() => queries.verifyPassword({ customerId, password: PASSWORD }));
      await see(() => commands.eraseCustomer({ customerId }));
      await see(() => queries.getCustomer(customerId));
      seen.push(await office.published());
      expect(seen).toHaveLength(13);
      const everything = JSON.stringify(seen) + inspect(seen, { depth: 20, showHidden: true });
      expect(everything).toContain('Countess');
      expect(everything).toContain('accounts.wrong-password');
      expect(everything).toContain('accounts.email-taken');
      expect(everything).not.toMatch(/marker|scrypt|passwordHash/);
    });
  });

  describe('a customer who is erased', () => {
    test('leaves nothing personal, neither in the account nor in the fact', async () => {
      const office = open();
      const customerId = await register(office, { password: PASSWORD });
      await office.published();
      await erase(office, customerId);
      expect(await get(office, customerId)).toEqual({
        id: customerId,
        status: 'erased',
        name: null,
        email: null,
        language: null,
        roles: [],
        registeredAt: office.clock.now(),
      });
      expect(await office.published()).toEqual([['accounts.CustomerErased', { customerId }]]);
    });

    test('is erased once', async () => {
      const office = open();
      const customerId = await register(office);
      await erase(office, customerId);
      await erase(office, customerId);
      expect(await typesPublished(office)).toEqual(['accounts.CustomerRegistered', 'accounts.CustomerErased']);
    });

    test('cannot sign in any more', async () => {
      const office = open();
      const customerId = await register(office, { password: PASSWORD });
      await erase(office, customerId);
      expect(await signIn(office, { customerId, password: PASSWORD })).toBeNull();
      expect(await signIn(office, { email: 'ada@example.com', password: PASSWORD })).toBeNull();
    });

    test('gives the e-mail address free', async () => {
      const office = open();
      await erase(office, await register(office));
      await erase(office, await register(office));
      expect(await get(office, await register(office))).toMatchObject({ email: 'ada@example.com' });
    });

    test('is neither changed nor administered, nor brought back by an import', async () => {
      const office = open();
      const customerId = await register(office);
      await erase(office, customerId);
      const { changeProfile, administerCustomer } = office.context.commands;
      const changes = [
        office.as(() => changeProfile({ customerId, name: 'Ada' })),
        office.as(() => administerCustomer({ customerId, roles: ['admin'] })),
      ];
      await Promise.all(
        changes.map((change) => expect(change).rejects.toMatchObject({ code: 'accounts.customer-erased' })),
      );
      await register(office, { customerId });
      expect(await get(office, customerId)).toMatchObject({ status: 'erased' });
    });
  });

  test('customers are listed page by page, and by ids each once', async () => {
    const office = open();
    const registered: CustomerId[] = [];
    for (const n of [1, 2, 3]) registered.push(await register(office, { email: `ada${n}@example.com` }));
    const first = await office.as(() => office.context.queries.listCustomers({ limit: 2 }));
    const after = first.items.at(-1)!.id;
    expect(first.next).toBe(after);
    const rest = await office.as(() => office.context.queries.listCustomers({ limit: 2, after }));
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(registered);
    expect(rest.next).toBeNull();
    const ids = [registered[0]!, newId(CustomerId), registered[2]!, registered[0]!];
    const known = await office.as(() => office.context.queries.listCustomersByIds({ ids }));
    expect(new Set(known.map(({ id }) => id))).toEqual(new Set([registered[0], registered[2]]));
    expect(known).toHaveLength(2);
  });
});

describe('what comes into accounts', () => {
  const wire = { name: ' Ada ', email: 'ADA@Example.com', password: PASSWORD };

  test('is trimmed, and speaks English unless it says otherwise', () => {
    expect(z.decode(RegisterCustomer, wire)).toEqual({
      name: 'Ada',
      email: 'ada@example.com',
      language: 'en',
      password: PASSWORD,
    });
  });

  test('has a password of 12 to 200 characters or none', () => {
    const accepts = (password: unknown) => RegisterCustomer.safeParse({ ...wire, password }).success;
    expect(['x'.repeat(11), 'x'.repeat(201), '\ud800'.repeat(12), ''].map(accepts)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(['x'.repeat(12), ' '.repeat(12), 'ü'.repeat(200), undefined].map(accepts)).toEqual([true, true, true, true]);
  });

  test('never repeats a password in what it says is wrong', () => {
    const customerId = newId(CustomerId);
    const wrong = [
      RegisterCustomer.safeParse({ ...wire, name: '', password: PASSWORD.repeat(9) }),
      RegisterCustomer.safeParse({ ...wire, passwort: PASSWORD }),
      ChangePassword.safeParse({ customerId, currentPassword: PASSWORD.repeat(9), newPassword: 'marker' }),
      VerifyPassword.safeParse({ customerId, email: 'x', password: PASSWORD }),
    ];
    for (const { success, error } of wrong) {
      expect(success).toBe(false);
      expect(inspect(error, { depth: 20 }) + z.prettifyError(error!)).not.toContain('marker');
    }
  });

  test('has no way to roles or passwords through a profile', () => {
    const customerId = newId(CustomerId);
    const sneaky = [{ roles: ['admin'] }, { password: PASSWORD }, { passwordHash: 'x' }, { status: 'active' }];
    for (const more of sneaky) {
      expect(ChangeProfile.safeParse({ customerId, name: 'Ada', ...more }).success).toBe(false);
      expect(RegisterCustomer.safeParse({ ...wire, roles: ['admin'] }).success).toBe(false);
    }
    expect(AdministerCustomer.safeParse({ customerId, roles: ['owner'] }).success).toBe(false);
    expect(ListCustomers.safeParse({ after: 'not an id' }).success).toBe(false);
  });

  test('leaves as JSON', () => {
    const view = {
      id: newId(CustomerId),
      status: 'active' as const,
      name: 'Ada',
      email: 'ada@example.com',
      language: 'en',
      roles: ['customer' as const],
      registeredAt: new Date('2026-01-01T00:00:00Z'),
    };
    expect(z.encode(CustomerView, view)).toEqual({ ...view, registeredAt: '2026-01-01T00:00:00.000Z' });
  });
});

describe('a password hash', () => {
  test('is another one each time, and says how it was made', async () => {
    const [one, other] = [await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)];
    expect(one).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(other);
    for (const hash of [one, other]) expect(await passwords.verify(PASSWORD, hash)).toBe(true);
    expect(await passwords.verify(ANOTHER, one)).toBe(false);
  });

  test('made at another cost still verifies', async () => {
    const costly = createScryptHasher({ ln: 6, r: 8, p: 2 });
    expect(await passwords.verify(PASSWORD, await costly.hash(PASSWORD))).toBe(true);
  });

  test('of the usual cost takes as long for nobody as for somebody', async () => {
    const usual = createScryptHasher();
    const hash = await usual.hash(PASSWORD);
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
    const timeOf = async (stored: string | undefined) => {
      const begin = performance.now();
      expect(await usual.verify(ANOTHER, stored)).toBe(false);
      return performance.now() - begin;
    };
    const somebody = await timeOf(hash);
    expect(await timeOf(undefined)).toBeGreaterThan(somebody / 4);
  });

  test('does not depend on how a letter was typed', async () => {
    const typed = 'Zürich-Zürich'.normalize('NFD');
    expect(await passwords.verify(typed, await passwords.hash('Zürich-Zürich'.normalize('NFC')))).toBe(true);
  });

  test('that is not one of ours is an error, not a wrong password', async () => {
    for (const hash of [
      '',
      'plain',
      '$scrypt$ln=31,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ]) {
      await expect(passwords.verify(PASSWORD, hash)).rejects.toThrow('does not read');
    }
  });
});
