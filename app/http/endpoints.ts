import type { Contexts } from '../system.ts';
import { accountsEndpoints } from './contexts/accounts.ts';
import { billingEndpoints } from './contexts/billing.ts';
import { catalogEndpoints } from './contexts/catalog.ts';
import { checkoutEndpoints } from './contexts/checkout.ts';
import { fulfillmentEndpoints } from './contexts/fulfillment.ts';
import { notificationsEndpoints } from './contexts/notifications.ts';
import type { Endpoint } from './endpoint.ts';

/** Every operation of every context. */
export const endpointsOf = (contexts: Contexts): readonly Endpoint[] => [
  ...accountsEndpoints(contexts.accounts),
  ...billingEndpoints(contexts.billing),
  ...catalogEndpoints(contexts.catalog),
  ...checkoutEndpoints(contexts.checkout),
  ...fulfillmentEndpoints(contexts.fulfillment),
  ...notificationsEndpoints(contexts.notifications),
];
