import { z } from 'zod';
import {
  AddToCart,
  CancelOrder,
  CartView,
  ChangeCartLine,
  type createCheckout,
  ListOrders,
  ListOrdersByIds,
  OpenCart,
  OrderView,
  PlaceOrder,
  PlaceOrderFromCart,
  RecordOrder,
  RemoveFromCart,
} from '#contexts/checkout';
import { BEHAVIOURS } from '#contexts/billing/adapters/sandbox-gateway';
import { CartId, OrderId } from '#shared-kernel/ids';
import { demo } from '../../demo/load.ts';
import { demoOrder } from '../../demo/order.ts';
import { act, change, create, type Endpoint, get, lookUp, remove, request } from '../endpoint.ts';
import { Accepted, accepted, Made, made, pageOf } from './shapes.ts';

const explain = {
  paymentToken: {
    description: `Opaque to the shop: only the payment gateway can read it. This one is a sandbox that moves no money; it goes by the token’s beginning: ${Object.entries(
      BEHAVIOURS,
    )
      .map(([token, { outcome }]) => `\`${token}\` ${outcome}`)
      .join('; ')}; any other is declined.`,
    examples: Object.keys(BEHAVIOURS),
  },
};

export function checkoutEndpoints({ commands, queries }: ReturnType<typeof createCheckout>): Endpoint[] {
  return [
    create('/orders', 'checkout.placeOrder', {
      summary: 'Commit a customer to buy, at the prices of this moment',
      input: PlaceOrder,
      explain,
      example: demoOrder(demo),
      run: commands.placeOrder,
      output: Made,
      respond: made,
    }),
    create('/carts/{id}/order', 'checkout.placeOrderFromCart', {
      summary: 'Order what is in a cart, at the prices of this moment',
      input: PlaceOrderFromCart,
      explain,
      rename: { id: 'cartId' },
      run: commands.placeOrderFromCart,
      output: Made,
      respond: made,
    }),
    create('/recorded-orders', 'checkout.recordOrder', {
      summary: 'Take over an order that was placed elsewhere, at the prices it had there',
      input: RecordOrder,
      explain,
      run: commands.recordOrder,
      output: Made,
      respond: made,
    }),
    lookUp('/orders/by-ids', 'checkout.listOrdersByIds', {
      summary: 'Up to a thousand orders at once',
      input: ListOrdersByIds,
      run: queries.listOrdersByIds,
      output: z.array(OrderView).readonly(),
    }),
    get('/orders/{id}', 'checkout.getOrder', {
      summary: 'One order: its lines, its amounts, and how far it has come',
      input: z.strictObject({ id: OrderId }),
      run: ({ id }) => queries.getOrder(id),
      output: OrderView,
    }),
    get('/orders', 'checkout.listOrders', {
      summary: 'Orders, page by page; of one customer, or in one status',
      input: ListOrders,
      run: queries.listOrders,
      output: pageOf(OrderView),
    }),
    request('/orders/{id}/cancel', 'checkout.cancelOrder', {
      summary: 'Ask for an order to be undone; fulfillment decides',
      input: CancelOrder,
      rename: { id: 'orderId' },
      run: commands.cancelOrder,
      output: Accepted,
      respond: accepted,
    }),
    create('/carts', 'checkout.openCart', {
      summary: 'Give a customer a cart',
      input: OpenCart,
      run: commands.openCart,
      output: Made,
      respond: made,
    }),
    get('/carts/{id}', 'checkout.getCart', {
      summary: 'A cart, with every change of price since a product was put in',
      input: z.strictObject({ id: CartId }),
      run: ({ id }) => queries.getCart(id),
      output: CartView,
    }),
    act('/carts/{id}/lines', 'checkout.addToCart', {
      summary: 'Put pieces of a product into a cart',
      input: AddToCart,
      rename: { id: 'cartId' },
      run: commands.addToCart,
    }),
    change('/carts/{id}/lines/{productId}', 'checkout.changeCartLine', {
      summary: 'Change how many pieces of a product are in a cart',
      input: ChangeCartLine,
      rename: { id: 'cartId' },
      run: commands.changeCartLine,
    }),
    remove('/carts/{id}/lines/{productId}', 'checkout.removeFromCart', {
      summary: 'Take a product out of a cart',
      input: RemoveFromCart,
      rename: { id: 'cartId' },
      run: commands.removeFromCart,
    }),
  ];
}
