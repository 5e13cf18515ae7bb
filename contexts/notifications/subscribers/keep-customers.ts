import { CustomerErased, CustomerProfileChanged, CustomerRegistered } from '#events/accounts';
import { defineSubscriber } from '#events/messaging';
import type { NotificationsScope } from '../ports.ts';

/** Knows where customers want to be written to, and forgets for good those who are to be forgotten. */
export const keepCustomers = defineSubscriber<NotificationsScope>()({
  name: 'notifications.keepCustomers',
  on: [CustomerRegistered, CustomerProfileChanged, CustomerErased],
  prepare: ({ customers }, events) => customers.preload(events.map(({ data }) => data.customerId)),
  handle: async ({ customers }, event) => {
    const id = event.data.customerId;
    if (event.type === 'accounts.CustomerErased') return customers.save({ id, isErased: true });
    const known = await customers.find(id);
    if (known?.isErased) return;
    const { email, language } = event.data;
    await customers.save({ id, email, language, isErased: false });
  },
});
