import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  AdministerCustomer,
  ChangePassword,
  ChangeProfile,
  CustomerView,
  ListCustomers,
  RegisterCustomer,
  VerifyPassword,
} from '#contexts/accounts';
import { CustomerId, newId } from '#shared-kernel/ids';
import { PASSWORD } from './office.ts';

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
