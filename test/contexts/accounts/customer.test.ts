import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { AdministerCustomer, ChangeProfile } from '#contexts/accounts';
import { CustomerId, newId } from '#shared-kernel/ids';
import { typesPublished } from '../../support/context.ts';
import { ANOTHER, describeAccounts, erase, get, PASSWORD, register, signIn } from './office.ts';

describeAccounts((open) => {
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
});
