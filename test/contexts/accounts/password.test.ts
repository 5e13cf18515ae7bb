import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { VerifyPassword } from '#contexts/accounts';
import { CustomerId, newId } from '#shared-kernel/ids';
import { ANOTHER, describeAccountsWith, erase, get, PASSWORD, passwords, register, signIn } from './office.ts';

/** What else happens while a password is being hashed. */
let meanwhile: () => Promise<unknown> = async () => undefined;

const unhurried: typeof passwords = {
  ...passwords,
  hash: async (password) => {
    await meanwhile();
    return passwords.hash(password);
  },
};

describeAccountsWith(unhurried, (open) => {
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
});
