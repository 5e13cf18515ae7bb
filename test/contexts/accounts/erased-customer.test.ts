import { describe, expect, test } from 'vitest';
import { typesPublished } from '../../support/context.ts';
import { describeAccounts, erase, get, PASSWORD, register, signIn } from './office.ts';

describeAccounts((open) => {
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
});
