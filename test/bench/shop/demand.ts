import { newId, ProductId } from '#shared-kernel/ids';
import { type Chance, chanceOf } from '../../proofs/support/chance.ts';
import {
  type Demand,
  planCustomer,
  planProduct,
  planReceipt,
  planWarehouse,
  type PlannedOrder,
} from '../../proofs/support/demand.ts';

export interface LoadPlan {
  readonly seed: number;
  readonly orders: number;
  /** How many products are sold; with one, every order wants the same stock row. */
  readonly products: number;
}

const CUSTOMERS = 100;
const PLENTY = 1_000_000;
const PIECES = 2;

/** Orders of two lines (one where one product is all there is), with stock for all of them in one warehouse. */
export function planLoad({ seed, orders, products: count }: LoadPlan): Demand {
  const chance = chanceOf(seed);
  const products = Array.from({ length: count }, (_, at) => ({
    ...planProduct(at, chance),
    productId: newId(ProductId),
  }));
  const warehouse = planWarehouse(0);
  return {
    products,
    warehouses: [warehouse],
    customers: Array.from({ length: CUSTOMERS }, (_, at) => planCustomer(at)),
    receipts: products.map(({ productId }) => planReceipt(productId, warehouse.warehouseId, PLENTY)),
    orders: Array.from({ length: orders }, (_, at): PlannedOrder => ({
      key: `load-${seed}-${at}`,
      customer: chance.below(CUSTOMERS),
      lines: planLines(products, chance),
      paymentToken: 'tok_approve',
    })),
  };
}

function planLines(products: Demand['products'], chance: Chance): PlannedOrder['lines'] {
  const wanted = new Set([chance.among(products), chance.among(products)]);
  return [...wanted].map(({ productId }) => ({ productId, quantity: PIECES }));
}
