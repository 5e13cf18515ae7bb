import { z } from 'zod';
import {
  AdministerCustomer,
  ChangePassword,
  ChangeProfile,
  type createAccounts,
  CustomerView,
  EraseCustomer,
  ListCustomers,
  ListCustomersByIds,
  RegisterCustomer,
} from '#contexts/accounts';
import { CustomerId } from '#shared-kernel/ids';
import { act, change, create, type Endpoint, get, lookUp, replace } from '../endpoint.ts';
import { Made, made, pageOf } from './shapes.ts';

const ofCustomer = { rename: { id: 'customerId' } };

export const accountsEndpoints = ({ commands, queries }: ReturnType<typeof createAccounts>): Endpoint[] => [
  create('/customers', 'accounts.registerCustomer', {
    summary: 'Become a customer',
    input: RegisterCustomer.omit({ customerId: true }),
    example: { name: 'Bertha Benz', email: 'bertha@example.com', language: 'de', password: 'a long drive in 1888' },
    run: commands.registerCustomer,
    output: Made,
    respond: made,
  }),
  get('/customers', 'accounts.listCustomers', {
    summary: 'Customers, page by page',
    input: ListCustomers,
    run: queries.listCustomers,
    output: pageOf(CustomerView),
  }),
  lookUp('/customers/by-ids', 'accounts.listCustomersByIds', {
    summary: 'Up to a thousand customers at once',
    input: ListCustomersByIds,
    run: queries.listCustomersByIds,
    output: z.array(CustomerView).readonly(),
  }),
  get('/customers/{id}', 'accounts.getCustomer', {
    summary: 'One customer',
    input: z.strictObject({ id: CustomerId }),
    run: ({ id }) => queries.getCustomer(id),
    output: CustomerView,
  }),
  change('/customers/{id}/profile', 'accounts.changeProfile', {
    summary: 'Change what a customer says of themselves: only what is given',
    input: ChangeProfile,
    ...ofCustomer,
    run: commands.changeProfile,
  }),
  act('/customers/{id}/password', 'accounts.changePassword', {
    summary: 'Change a password, knowing the present one',
    input: ChangePassword,
    ...ofCustomer,
    run: commands.changePassword,
  }),
  replace('/customers/{id}/roles', 'accounts.administerCustomer', {
    summary: 'Say anew what a customer may do',
    input: AdministerCustomer,
    ...ofCustomer,
    run: commands.administerCustomer,
  }),
  act('/customers/{id}/erase', 'accounts.eraseCustomer', {
    summary: 'Forget a customer, here and in every other context',
    input: EraseCustomer,
    ...ofCustomer,
    run: commands.eraseCustomer,
  }),
];
