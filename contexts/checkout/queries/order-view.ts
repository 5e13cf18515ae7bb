import { z } from 'zod';
import { PostalAddress } from '#shared-kernel/address';
import { CustomerId, OrderId, ProductId } from '#shared-kernel/ids';
import { Instant } from '#shared-kernel/instant';
import { Money } from '#shared-kernel/money';
import { TaxClass } from '#shared-kernel/product';
import type { Order } from '../domain/order.ts';

/** An order as others may see it. */
export const OrderView = z.object({
  id: OrderId,
  customerId: CustomerId,
  status: z.enum(['placed', 'confirmed', 'shipped', 'completed', 'cancelled']),
  reason: z.string().nullable().describe('Why it was cancelled, or why somebody asks for it.'),
  cancellationRequested: z.boolean(),
  placedAt: Instant,
  lines: z.array(
    z.object({
      productId: ProductId,
      sku: z.string(),
      name: z.string(),
      quantity: z.int(),
      unitPrice: Money,
      discount: z.string(),
      taxClass: TaxClass,
    }),
  ),
  subtotal: Money,
  tax: Money,
  freight: Money,
  total: Money,
  shipTo: PostalAddress,
  billTo: PostalAddress,
});
export type OrderView = z.output<typeof OrderView>;

export const viewOrder = ({ lines, ...order }: Order): OrderView => ({ ...order, lines: [...lines] });
