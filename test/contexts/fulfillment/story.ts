import { OrderCancellationRequested, OrderCancelled, OrderConfirmed, OrderPlaced } from '#events/checkout';
import { ProductListed } from '#events/catalog';
import { CustomerId, newId, OrderId, ProductId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { shipTo } from '../../support/address.ts';

/** A product of the catalogue. */
export const listed = (productId: ProductId = newId(ProductId), sku = 'ROADSTER') =>
  ProductListed({
    productId,
    sku,
    name: 'Roadster',
    description: 'Two seats, no roof.',
    price: moneyOf('100.00', 'USD'),
    taxClass: 'standard',
    isForSale: true,
  });

export type Pieces = readonly [productId: ProductId, quantity: number];

/** Everything checkout says of one order. */
export function orderOf(...pieces: readonly Pieces[]) {
  const orderId = newId(OrderId);
  const customerId = newId(CustomerId);
  const amount = moneyOf('100.00', 'USD');
  const lines = pieces.map(([productId, quantity]) => ({
    productId,
    sku: 'ROADSTER',
    name: 'Roadster',
    quantity,
    unitPrice: amount,
    discount: '0',
    taxClass: 'standard' as const,
  }));
  const amounts = { subtotal: amount, tax: amount, freight: amount, total: amount };
  const placed = { orderId, customerId, lines, ...amounts, shipTo, billTo: shipTo, paymentToken: 'tok_approve' };
  return {
    orderId,
    customerId,
    placed: OrderPlaced(placed),
    confirmed: OrderConfirmed({ orderId, customerId, lines: [], total: amount }),
    cancellationRequested: OrderCancellationRequested({ orderId, reason: 'too dear' }),
    cancelled: OrderCancelled({ orderId, customerId, reason: 'too dear' }),
  };
}
