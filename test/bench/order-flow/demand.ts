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

export interface OrderPlan {
  readonly orders: number;
  /** Every order wants the first product. */
  readonly isHot: boolean;
}

const SEED = 1;
const PRODUCTS = 100;
const CUSTOMERS = 100;
const PLENTY = 1_000_000;
const PIECES = 2;

/** Orders of two lines, with stock for all of them in one warehouse. */
export function planOrders({ orders, isHot }: OrderPlan): Demand {
  const chance = chanceOf(SEED);
  const products = Array.from({ length: PRODUCTS }, (_, at) => ({
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
      key: `load-${at}`,
      customer: chance.below(CUSTOMERS),
      lines: planLines(products, chance, isHot),
      paymentToken: 'tok_approve',
    })),
  };
}

function planLines(products: Demand['products'], chance: Chance, isHot: boolean): PlannedOrder['lines'] {
  const first = isHot ? 0 : chance.below(products.length);
  const second = (first + 1 + chance.below(products.length - 1)) % products.length;
  return [first, second].map((at) => ({ productId: products[at]!.productId, quantity: PIECES }));
}
