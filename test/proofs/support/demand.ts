import { newId, ProductId, WarehouseId } from '#shared-kernel/ids';
import { type Account, accountOf } from './account.ts';
import { type Chance, chanceOf } from './chance.ts';

/** Everything that will be asked of a shop, decided by the seed alone before anything is asked. */
export interface Demand {
  readonly products: readonly Product[];
  readonly warehouses: readonly { readonly warehouseId: WarehouseId; readonly name: string }[];
  readonly customers: readonly { readonly name: string; readonly email: string }[];
  readonly receipts: readonly Receipt[];
  readonly orders: readonly PlannedOrder[];
}

interface Product {
  readonly productId: ProductId;
  readonly sku: string;
  readonly name: string;
  readonly price: { readonly amount: string; readonly currency: string };
  readonly taxClass: 'standard' | 'reduced' | 'exempt';
  readonly isForSale: true;
}

interface Receipt {
  readonly receiptId: string;
  readonly productId: ProductId;
  readonly warehouseId: WarehouseId;
  readonly quantity: number;
}

export interface PlannedOrder {
  /** The caller's promise that a repeat is the same order. */
  readonly key: string;
  /** Which of the customers. */
  readonly customer: number;
  readonly lines: readonly { readonly productId: ProductId; readonly quantity: number }[];
  readonly paymentToken: string;
  /** Milliseconds after it was placed; never, where it is left out. */
  readonly cancelAfter?: number;
}

export interface DemandOptions {
  readonly seed: number;
  readonly orders: number;
  /** How those who order pay, and whether they think better of it. */
  readonly temper: Temper;
}

export type Temper = (chance: Chance) => Pick<PlannedOrder, 'paymentToken' | 'cancelAfter'>;

const PRODUCTS = 8;
const WAREHOUSES = 3;
const CUSTOMERS = 40;
const MOST_LINES = 3;
const MOST_PIECES = 4;

/** Orders of one to three lines, half of which have the same product among them, and stock for half of what they want. */
export function planDemand({ seed, orders, temper }: DemandOptions): Demand {
  const chance = chanceOf(seed);
  const products = Array.from({ length: PRODUCTS }, (_, at) => planProduct(at, chance));
  const warehouses = Array.from({ length: WAREHOUSES }, (_, at) => planWarehouse(at));
  const customers = Array.from({ length: CUSTOMERS }, (_, at) => planCustomer(at));
  const planned = Array.from({ length: orders }, (_, at): PlannedOrder => {
    const lines = planLines(products, chance);
    return { key: `order-${seed}-${at}`, customer: chance.below(CUSTOMERS), lines, ...temper(chance) };
  });
  const receipts = [...piecesWanted(planned)].flatMap(([productId, wanted]) =>
    spread(Number(wanted) / 2, warehouses.length, chance)
      .map((quantity, at) => planReceipt(productId as ProductId, warehouses[at]!.warehouseId, quantity))
      .filter(({ quantity }) => quantity > 0),
  );
  return { products, warehouses, customers, receipts, orders: planned };
}

export const planProduct = (at: number, chance: Chance): Product => ({
  productId: newId(ProductId),
  sku: `PROOF-${at}`,
  name: `Proof ${at}`,
  price: { amount: `${1 + chance.below(500)}.${String(chance.below(10_000)).padStart(4, '0')}`, currency: 'USD' },
  taxClass: chance.among(['standard', 'reduced', 'exempt']),
  isForSale: true,
});

export const planWarehouse = (at: number) => ({ warehouseId: newId(WarehouseId), name: `Warehouse ${at}` });

export const planCustomer = (at: number) => ({
  name: `Customer ${at}`,
  email: `customer-${at}@example.invalid`,
});

export const planReceipt = (productId: ProductId, warehouseId: WarehouseId, quantity: number): Receipt => ({
  receiptId: crypto.randomUUID(),
  productId,
  warehouseId,
  quantity,
});

const piecesWanted = (orders: readonly PlannedOrder[]): Account =>
  accountOf(orders.flatMap(({ lines }) => lines.map(({ productId, quantity }) => [productId, quantity] as const)));

function planLines(products: readonly Product[], chance: Chance): PlannedOrder['lines'] {
  const wanted = new Set(chance.next() < 0.5 ? [products[0]!] : []);
  for (let more = chance.below(MOST_LINES) + (wanted.size === 0 ? 1 : 0); more > 0; more -= 1)
    wanted.add(chance.among(products));
  return [...wanted].map(({ productId }) => ({ productId, quantity: 1 + chance.below(MOST_PIECES) }));
}

/** Pieces in several places, here many, there few. */
function spread(pieces: number, places: number, chance: Chance): number[] {
  let left = Math.floor(pieces);
  return Array.from({ length: places }, (_, at) => {
    const here = at === places - 1 ? left : chance.below(left + 1);
    left -= here;
    return here;
  });
}

/** Everybody pays, and nobody thinks better of it. */
export const calm: Temper = () => ({ paymentToken: 'tok_approve' });

/** Some cannot pay, some gateways fail at first, and some customers soon change their minds. */
export const moody: Temper = (chance) => ({ paymentToken: tokenFor(chance.next(), QUICK), ...doubt(chance, 300) });

/** The same, and some gateways hang, are out of reach, or lose their answers, which takes minutes. */
export const stormy: Temper = (chance) => ({ paymentToken: tokenFor(chance.next(), ALL), ...doubt(chance, 1_500) });

/** One in five thinks better of it, at once or within so many milliseconds. */
const doubt = (chance: Chance, within: number): Pick<PlannedOrder, 'cancelAfter'> =>
  chance.next() < 0.2 ? { cancelAfter: Math.max(0, chance.below(2 * within) - within) } : {};

/** How many of a thousand pay like that; the others just pay. */
type Shares = Readonly<Record<string, number>>;

const QUICK: Shares = { tok_decline: 120, tok_fail_once: 120 };
const ALL: Shares = { ...QUICK, tok_timeout: 20, tok_lost_answer: 3, tok_outage: 3 };

function tokenFor(luck: number, shares: Shares): string {
  let passed = 0;
  for (const [token, share] of Object.entries(shares)) {
    passed += share / 1_000;
    if (luck < passed) return token;
  }
  return 'tok_approve';
}
