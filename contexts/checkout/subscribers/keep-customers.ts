import { CustomerErased, CustomerProfileChanged, CustomerRegistered } from '#events/accounts';
import { defineSubscriber } from '#events/messaging';
import type { CheckoutScope } from '../ports.ts';

/** Keeps checkout's own customers, and forgets those who are to be forgotten. */
export const keepCustomers = defineSubscriber<CheckoutScope>()({
  name: 'checkout.keepCustomers',
  on: [CustomerRegistered, CustomerProfileChanged, CustomerErased],
  handle: async ({ customers, orders }, event) => {
    if (event.type === 'accounts.CustomerErased') {
      await customers.remove(event.data.customerId);
      return orders.forgetCustomer(event.data.customerId);
    }
    const { customerId: id, name, email } = event.data;
    await customers.save({ id, name, email });
  },
});
