import { CustomerErased } from '#events/accounts';
import { defineSubscriber } from '#events/messaging';
import { forgetCustomer as forget } from '../commands/forget-customer.ts';
import type { FulfillmentScope } from '../ports.ts';

/** Forgets where somebody lives who is to be forgotten. One at a time, since it locks all orders of a customer. */
export const forgetCustomer = defineSubscriber<FulfillmentScope>()({
  name: 'fulfillment.forgetCustomer',
  on: CustomerErased,
  singly: true,
  handle: (scope, { data }) => forget(scope, data.customerId),
});
