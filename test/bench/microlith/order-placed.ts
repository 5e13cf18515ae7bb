import { z } from 'zod';
import { defineEvent, type EventOf } from '#events/messaging';
import { CustomerId, OrderId } from '#shared-kernel/ids';

const Line = z.object({ sku: z.string(), quantity: z.int().positive(), unitPrice: z.int() });

const Address = z.object({
  name: z.string(),
  street: z.string(),
  city: z.string(),
  postcode: z.string(),
  country: z.string().length(2),
});

/** A customer committed to buy. */
export const OrderPlaced = defineEvent(
  'bench.OrderPlaced',
  1,
  z.object({
    orderId: OrderId,
    customerId: CustomerId,
    currency: z.string().length(3),
    total: z.int(),
    lines: z.array(Line).min(1).readonly(),
    shipTo: Address,
  }),
  { key: 'orderId' },
);
export type OrderPlaced = EventOf<typeof OrderPlaced>;

/** Something about an order looks odd: it hardly ever does. */
export const OrderDoubted = defineEvent('bench.OrderDoubted', 1, z.object({ orderId: OrderId }), { key: 'orderId' });
