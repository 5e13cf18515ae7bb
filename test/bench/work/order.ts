import { uuidV7 } from '#shared-kernel/uuid';

/** What every contender sells. Its fact carries all of it: about 500 bytes of JSON. */
export interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly total: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPrice: number }[];
  readonly shipTo: {
    readonly name: string;
    readonly street: string;
    readonly city: string;
    readonly postcode: string;
    readonly country: string;
  };
}

const LINES = 4;

/** The order of a number. */
export function makeOrder(number: number): Order {
  const lines = Array.from({ length: LINES }, (_, at) => ({
    sku: `GEARBOX-${String((number * LINES + at) % 10_000).padStart(5, '0')}`,
    quantity: 1 + ((number + at) % 3),
    unitPrice: 1_000 + ((number * 7 + at) % 9_000),
  }));
  return {
    orderId: uuidV7(),
    customerId: uuidV7(),
    currency: 'EUR',
    total: lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0),
    lines,
    shipTo: {
      name: 'Margarethe Hollerbach',
      street: `${1 + (number % 200)} Old Foundry Lane`,
      city: 'Kaiserslautern',
      postcode: '67655',
      country: 'DE',
    },
  };
}

export const makeOrders = (count: number, first = 0): Order[] =>
  Array.from({ length: count }, (_, at) => makeOrder(first + at));
