import { CustomerId, newId, type OrderId, ProductId, WarehouseId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { shipTo } from '../support/address.ts';
import { asOperator, type TestSystem } from '../support/system.ts';

/** A shop with one product, one customer and a warehouse, ready for orders. */
export interface Shop {
  readonly system: TestSystem;
  readonly customerId: CustomerId;
  readonly productId: ProductId;
  readonly warehouses: readonly WarehouseId[];
  order(quantity: number, paymentToken?: string): Promise<OrderId>;
  stock(): Promise<{ onHand: number; reserved: number }>;
  /** Dispatches and delivers everything that is ready. */
  deliverAll(orderId: OrderId): Promise<void>;
}

/** `stock` pieces in each warehouse. */
export async function openShop(system: TestSystem, stock: readonly number[]): Promise<Shop> {
  const { accounts, catalog, checkout, fulfillment } = system.contexts;
  const productId = newId(ProductId);
  const customerId = newId(CustomerId);
  const warehouses = stock.map(() => newId(WarehouseId));
  await asOperator(async () => {
    const listing = {
      productId,
      sku: 'ROADSTER',
      name: 'Roadster',
      description: '',
      category: null,
      taxClass: 'standard' as const,
    };
    await catalog.commands.listProduct({ ...listing, price: moneyOf('19.99', 'USD'), isForSale: true });
    await accounts.commands.registerCustomer({ customerId, name: 'Ada', email: 'ada@example.com', language: 'en' });
    await system.drain();
    for (const [at, warehouseId] of warehouses.entries()) {
      await fulfillment.commands.openWarehouse({ warehouseId, name: `warehouse ${at}` });
      if (stock[at]! > 0) await fulfillment.commands.receiveStock({ productId, warehouseId, quantity: stock[at]! });
    }
    await system.drain();
  });
  return {
    system,
    customerId,
    productId,
    warehouses,
    order: (quantity, paymentToken = 'tok_approve') =>
      asOperator(() =>
        checkout.commands.placeOrder({ customerId, lines: [{ productId, quantity }], shipTo, paymentToken }),
      ),
    async stock() {
      const { onHand, reserved } = await asOperator(() => fulfillment.queries.getStock(productId));
      return { onHand, reserved };
    },
    async deliverAll(orderId) {
      await asOperator(async () => {
        const { items } = await fulfillment.queries.listShipments({ orderId, limit: 100 });
        for (const { id: shipmentId } of items) await fulfillment.commands.dispatchShipment({ shipmentId });
        for (const { id: shipmentId } of items) await fulfillment.commands.deliverShipment({ shipmentId });
      });
      await system.drain();
    },
  };
}
