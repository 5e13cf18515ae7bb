import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { PostalAddress } from '#shared-kernel/address';
import type { Currency } from '#shared-kernel/currency';
import type { CustomerId, OrderId, ProductId } from '#shared-kernel/ids';
import { formatAmount, money, parseAmount } from '#shared-kernel/money';
import type { TaxClass } from '#shared-kernel/product';
import type { TenantId } from '#shared-kernel/tenant';
import type { Order, OrderStatus } from '../../domain/order.ts';
import type { OrderLine } from '../../domain/order-line.ts';

export const OrderRow = defineEntity({
  name: 'OrderRow',
  schema: 'checkout',
  tableName: 'orders',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<OrderId>().primary(),
    customerId: p.uuid().$type<CustomerId>(),
    status: p.text().$type<OrderStatus>(),
    reason: p.text().nullable(),
    cancellationRequested: p.boolean(),
    currency: p.text().$type<Currency>(),
    subtotal: p.decimal(),
    tax: p.decimal(),
    freight: p.decimal(),
    total: p.decimal(),
    shipTo: p.json<PostalAddress>(),
    billTo: p.json<PostalAddress>(),
    placedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export const OrderLineRow = defineEntity({
  name: 'OrderLineRow',
  schema: 'checkout',
  tableName: 'order_lines',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    orderId: p.uuid().$type<OrderId>().primary(),
    lineNumber: p.integer().primary(),
    productId: p.uuid().$type<ProductId>(),
    sku: p.text(),
    name: p.text(),
    quantity: p.integer(),
    unitPrice: p.decimal(),
    discount: p.decimal(),
    taxClass: p.text().$type<TaxClass>(),
  },
});

type OrderRow = InferEntity<typeof OrderRow>;
type OrderLineRow = InferEntity<typeof OrderLineRow>;

export function toOrder(row: OrderRow, lines: readonly OrderLineRow[]): Order {
  const amount = (text: string) => money(parseAmount(text), row.currency);
  return {
    id: row.id,
    customerId: row.customerId,
    status: row.status,
    reason: row.reason ?? null,
    cancellationRequested: row.cancellationRequested,
    lines: lines.map((line) => toOrderLine(line, row.currency)),
    subtotal: amount(row.subtotal),
    tax: amount(row.tax),
    freight: amount(row.freight),
    total: amount(row.total),
    shipTo: row.shipTo,
    billTo: row.billTo,
    placedAt: row.placedAt,
  };
}

const toOrderLine = (line: OrderLineRow, currency: Currency): OrderLine => ({
  productId: line.productId,
  sku: line.sku,
  name: line.name,
  quantity: line.quantity,
  unitPrice: money(parseAmount(line.unitPrice), currency),
  discount: line.discount.replace(/\.?0+$/, ''),
  taxClass: line.taxClass,
});

export const toOrderRow = (order: Order, tenantId: TenantId) => ({
  tenantId,
  id: order.id,
  customerId: order.customerId,
  ...toOrderState(order),
  currency: order.total.currency,
  subtotal: formatAmount(order.subtotal),
  tax: formatAmount(order.tax),
  freight: formatAmount(order.freight),
  total: formatAmount(order.total),
  placedAt: order.placedAt,
});

/** All of an order that changes after it was placed. */
export const toOrderState = ({ status, reason, cancellationRequested, shipTo, billTo }: Order) => ({
  shipTo,
  billTo,
  status,
  reason,
  cancellationRequested,
});

export const toOrderLineRow = (line: OrderLine, lineNumber: number, orderId: OrderId, tenantId: TenantId) => ({
  ...line,
  tenantId,
  orderId,
  lineNumber,
  unitPrice: formatAmount(line.unitPrice),
});
