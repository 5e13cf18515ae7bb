import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OrderId } from '#shared-kernel/ids';
import { formatAmount } from '#shared-kernel/money';
import { asOperator, openMemorySystem, openPostgresSystem, type TestSystem } from '../support/system.ts';
import { openShop, type Shop } from './shop.ts';

describe.each([
  ['in memory', openMemorySystem],
  ['on PostgreSQL', openPostgresSystem],
])('an order, from click to delivery, %s', (_where, openSystem) => {
  let system: TestSystem;
  let shop: Shop;
  beforeEach(async () => {
    system = await openSystem();
    shop = await openShop(system, [6, 4]);
  });
  afterEach(() => system[Symbol.asyncDispose]());

  const stateOf = async (orderId: OrderId) => {
    const { status, reason } = await asOperator(() => system.contexts.checkout.queries.getOrder(orderId));
    return [status, reason];
  };
  const invoiceOf = async (orderId: OrderId) => {
    const { items } = await asOperator(() => system.contexts.billing.queries.listInvoices({ orderId, limit: 10 }));
    return items[0];
  };
  const mails = async () => (await system.mail.list()).map(({ subject }) => subject.split(' ').slice(-1)[0]);

  test('is reserved, invoiced, paid, confirmed, shipped and completed', async () => {
    const orderId = await shop.order(8);
    await system.drain();
    expect(await stateOf(orderId)).toEqual(['confirmed', null]);
    expect(await shop.stock()).toEqual({ onHand: 10, reserved: 8 });
    const invoice = (await invoiceOf(orderId))!;
    expect([invoice.status, formatAmount(invoice.total), formatAmount(invoice.captured)]).toEqual([
      'paid',
      '172.71',
      '172.71',
    ]);
    await shop.deliverAll(orderId);
    expect(await stateOf(orderId)).toEqual(['completed', null]);
    expect(await shop.stock()).toEqual({ onHand: 2, reserved: 0 });
    expect(await mails()).toHaveLength(3);
  });

  test('ends consistently when stock is short', async () => {
    const orderId = await shop.order(11);
    await system.drain();
    expect(await stateOf(orderId)).toEqual(['cancelled', 'out of stock: ROADSTER (11 ordered, 10 available)']);
    expect(await shop.stock()).toEqual({ onHand: 10, reserved: 0 });
    expect(await invoiceOf(orderId)).toBeUndefined();
  });

  test('ends consistently when the payment is declined', async () => {
    const orderId = await shop.order(3, 'tok_decline');
    await system.drain();
    expect(await stateOf(orderId)).toEqual(['cancelled', 'payment declined: insufficient funds']);
    expect(await shop.stock()).toEqual({ onHand: 10, reserved: 0 });
    expect((await invoiceOf(orderId))!.status).toBe('void');
  });

  test('is paid once though the gateway fails or hangs first', async () => {
    const orders = [await shop.order(1, 'tok_fail_once'), await shop.order(1, 'tok_timeout')];
    await system.drain();
    expect(await Promise.all(orders.map(stateOf))).toEqual([
      ['confirmed', null],
      ['confirmed', null],
    ]);
    const captures = (await system.gateway.readLedger()).filter(({ outcome }) => outcome?.status === 'captured');
    expect(captures).toHaveLength(2);
  });

  test('that is cancelled before dispatch is released and refunded', async () => {
    const orderId = await shop.order(2);
    await system.drain();
    await asOperator(() => system.contexts.checkout.commands.cancelOrder({ orderId, reason: 'changed my mind' }));
    await system.drain();
    expect(await stateOf(orderId)).toEqual(['cancelled', 'changed my mind']);
    expect(await shop.stock()).toEqual({ onHand: 10, reserved: 0 });
    const invoice = (await invoiceOf(orderId))!;
    expect([invoice.status, formatAmount(invoice.refunded)]).toEqual(['refunded', formatAmount(invoice.captured)]);
  });

  test('that is cancelled at once, before anybody looked at it, leaves nothing behind', async () => {
    const orderId = await shop.order(2);
    await asOperator(() => system.contexts.checkout.commands.cancelOrder({ orderId, reason: 'at once' }));
    await system.drain();
    expect(await stateOf(orderId)).toEqual(['cancelled', 'at once']);
    expect(await shop.stock()).toEqual({ onHand: 10, reserved: 0 });
    const invoice = await invoiceOf(orderId);
    expect(invoice ? formatAmount(invoice.captured) : '0').toBe(invoice ? formatAmount(invoice.refunded) : '0');
  });

  test('that is on its way can no longer be cancelled', async () => {
    const orderId = await shop.order(8);
    await system.drain();
    const { items } = await asOperator(() => system.contexts.fulfillment.queries.listShipments({ orderId, limit: 10 }));
    expect(items).toHaveLength(2);
    await asOperator(() => system.contexts.fulfillment.commands.dispatchShipment({ shipmentId: items[0]!.id }));
    await asOperator(() => system.contexts.checkout.commands.cancelOrder({ orderId, reason: 'too late' }));
    await system.drain();
    expect(await stateOf(orderId)).toEqual(['confirmed', null]);
    await shop.deliverAll(orderId);
    expect(await stateOf(orderId)).toEqual(['completed', null]);
  });

  test('can be told as a story', async () => {
    const orderId = await shop.order(1);
    await system.drain();
    const [story] = await system.tellStory(orderId);
    expect(story).toMatchObject({
      name: 'test',
      kind: 'command',
      children: [{ name: 'checkout.OrderPlaced', kind: 'event' }],
    });
    const names = JSON.stringify(story).match(/[a-z]+\.[A-Za-z]+(?=")/g);
    expect(names).toEqual(
      expect.arrayContaining([
        'fulfillment.reserveStockOnOrderPlaced',
        'fulfillment.StockReserved',
        'billing.InvoiceIssued',
        'billing.capturePayment',
        'billing.PaymentCaptured',
        'checkout.OrderConfirmed',
        'notifications.MailSent',
      ]),
    );
  });
});
