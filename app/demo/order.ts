import type { Demo } from './load.ts';

/** The order that the banner and `microlith demo` place. */
export const demoOrder = ({ customerId, productId }: Demo) => ({
  customerId,
  lines: [{ productId, quantity: 1 }],
  shipTo: {
    recipient: 'Ada Lovelace',
    street: '12 St James Square',
    city: 'London',
    postalCode: 'SW1Y 4JH',
    country: 'GB',
  },
  paymentToken: 'tok_approve',
});
