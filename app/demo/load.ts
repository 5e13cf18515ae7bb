import { beginExecution, runAs } from '#events/messaging/units/execution';
import { CustomerId, idOfName, ProductId, SupplierId, WarehouseId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';
import { uuidOfName } from '#shared-kernel/uuid';
import type { Contexts, System } from '../system.ts';
import { demoCustomers, demoProducts, demoSuppliers, demoWarehouses } from './catalogue.ts';

const NAMESPACE = 'microlith demo';

/** Something to order, where it stands, and somebody to order it. */
export interface Demo {
  readonly customerId: CustomerId;
  readonly productId: ProductId;
  readonly warehouseId: WarehouseId;
}

const productIdOf = (sku: string) => idOfName(ProductId, NAMESPACE, sku);
const warehouseIdOf = (name: string) => idOfName(WarehouseId, NAMESPACE, name);
const supplierIdOf = (accountNumber: string) => idOfName(SupplierId, NAMESPACE, accountNumber);
const customerIdOf = (email: string) => idOfName(CustomerId, NAMESPACE, email);

export const demo: Demo = {
  customerId: customerIdOf(demoCustomers[0].email),
  productId: productIdOf(demoProducts[0]!.sku),
  warehouseId: warehouseIdOf(demoWarehouses[0]),
};

/**
 * Fills an empty system with a car maker's goods, once. All ids are fixed, so a load that was cut short goes on at the next
 * start. Where other goods are, nothing is loaded.
 */
export async function loadDemo(system: System, isWanted: boolean): Promise<Demo | undefined> {
  const execution = beginExecution({ tenantId: DEFAULT_TENANT, actor: 'demo', source: 'demo.load' });
  return runAs(execution, async () => {
    const state = await findState(system.contexts);
    if (state === 'loaded') return demo;
    if (state === 'foreign' || !isWanted) return undefined;
    await load(system);
    return demo;
  });
}

/** The customers come last: when they are there, everything is. */
async function findState({ accounts, catalog }: Contexts): Promise<'empty' | 'begun' | 'loaded' | 'foreign'> {
  const customers = await accounts.queries.listCustomersByIds({
    ids: demoCustomers.map(({ email }) => customerIdOf(email)),
  });
  if (customers.length === demoCustomers.length) return 'loaded';
  const own = await catalog.queries.listProductsByIds({ ids: [demo.productId] });
  if (own.length > 0) return 'begun';
  const { items } = await catalog.queries.listProducts({ limit: 1 });
  return items.length === 0 ? 'empty' : 'foreign';
}

async function load(system: System): Promise<void> {
  const { contexts } = system;
  await loadCatalogue(contexts);
  await system.catchUp('fulfillment');
  await loadStock(contexts);
  await loadCustomers(contexts);
  await Promise.all([system.catchUp('checkout'), system.catchUp('notifications')]);
}

async function loadCatalogue({ catalog: { commands } }: Contexts): Promise<void> {
  for (const { sku, name, description, category, price, isForSale } of demoProducts) {
    const listing = { productId: productIdOf(sku), sku, name, description, category, price: moneyOf(price, 'USD') };
    await commands.listProduct({ ...listing, taxClass: 'standard', isForSale });
  }
  for (const { sku, parts = {} } of demoProducts) {
    const list = Object.entries(parts).map(([part, quantity]) => ({ productId: productIdOf(part), quantity }));
    if (list.length > 0) await commands.revisePartsList({ productId: productIdOf(sku), parts: list });
  }
  for (const { name, accountNumber, supplies } of demoSuppliers) {
    const supplierId = supplierIdOf(accountNumber);
    await commands.registerSupplier({ supplierId, name, accountNumber, creditRating: 1, isActive: true, url: null });
    for (const [sku, price] of Object.entries(supplies)) {
      const terms = { leadTimeDays: 14, minOrderQuantity: null, maxOrderQuantity: null, unit: 'EA' };
      await commands.agreeSupply({ supplierId, productId: productIdOf(sku), price: moneyOf(price, 'USD'), ...terms });
    }
  }
}

/** Two thirds of each product stand in the first warehouse, the rest in the second. */
async function loadStock({ fulfillment: { commands } }: Contexts): Promise<void> {
  const [main, other] = demoWarehouses;
  for (const name of demoWarehouses) await commands.openWarehouse({ warehouseId: warehouseIdOf(name), name });
  for (const { sku, stock } of demoProducts) {
    const inMain = Math.ceil((stock * 2) / 3);
    await receive(sku, main, inMain);
    await receive(sku, other, stock - inMain);
  }

  async function receive(sku: string, warehouse: string, quantity: number): Promise<void> {
    const receiptId = uuidOfName(NAMESPACE, `receipt ${sku} ${warehouse}`);
    await commands.receiveStock({
      receiptId,
      productId: productIdOf(sku),
      warehouseId: warehouseIdOf(warehouse),
      quantity,
    });
  }
}

async function loadCustomers({ accounts: { commands } }: Contexts): Promise<void> {
  for (const customer of demoCustomers) {
    await commands.registerCustomer({ customerId: customerIdOf(customer.email), ...customer });
  }
}
