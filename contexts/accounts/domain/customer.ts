import type { CustomerId } from '#shared-kernel/ids';
import { CustomerIsErased } from './errors.ts';

export const ROLES = ['customer', 'support', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What a customer says of themselves. */
export interface Profile {
  readonly name: string;
  readonly email: string;
  readonly language: string;
}

/** Somebody with an account. Their password is kept apart from them. */
export interface ActiveCustomer extends Profile {
  readonly status: 'active';
  readonly id: CustomerId;
  readonly roles: readonly Role[];
  readonly registeredAt: Date;
}

/** What is left of somebody who was forgotten. */
export type ErasedCustomer = Pick<ActiveCustomer, 'id' | 'registeredAt'> & { readonly status: 'erased' };

export type Customer = ActiveCustomer | ErasedCustomer;

export type ProfileChange = { readonly [Field in keyof Profile]?: Profile[Field] | undefined };

export const register = (id: CustomerId, { name, email, language }: Profile, registeredAt: Date): ActiveCustomer => ({
  status: 'active',
  id,
  name,
  email: email.toLowerCase(),
  language,
  roles: ['customer'],
  registeredAt,
});

/** The same customer when nothing changes. @throws {CustomerIsErased} */
export function changeProfile(customer: Customer, { name, email, language }: ProfileChange): ActiveCustomer {
  const active = asActive(customer);
  const changed: ActiveCustomer = {
    ...active,
    name: name ?? active.name,
    email: email?.toLowerCase() ?? active.email,
    language: language ?? active.language,
  };
  return isSameProfile(active, changed) ? active : changed;
}

/** Each role once, in one order. @throws {CustomerIsErased} */
export const assignRoles = (customer: Customer, roles: readonly Role[]): ActiveCustomer => ({
  ...asActive(customer),
  roles: ROLES.filter((role) => roles.includes(role)),
});

export const erase = ({ id, registeredAt }: Customer): ErasedCustomer => ({ status: 'erased', id, registeredAt });

const isSameProfile = (a: Profile, b: Profile) => a.name === b.name && a.email === b.email && a.language === b.language;

function asActive(customer: Customer): ActiveCustomer {
  if (customer.status === 'erased') throw new CustomerIsErased(customer.id);
  return customer;
}
