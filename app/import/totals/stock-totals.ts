import type { ProductId, WarehouseId } from '#shared-kernel/ids';
import { act } from '../act.ts';
import type { BookedProduct } from '../book/products.ts';
import { each } from '../each.ts';
import { allPages } from '../pages.ts';
import type { Run } from '../run.ts';

/** Pieces of one product in one warehouse, as its records say and as the shelf says. */
interface Place {
  readonly sku: string;
  readonly warehouse: string;
  /** Received, and adjusted, less what has left. */
  recorded: number;
  /** In parcels that are prepared and have not left. */
  packed: number;
  onHand: number;
  reserved: number;
}

export interface StockTotals {
  readonly places: number;
  readonly received: number;
  readonly shipped: number;
  readonly onHand: number;
  /** Places where what came less what went is not what is there, as sentences. */
  readonly different: readonly string[];
  /** Places where more is reserved than waits to leave, or less, as sentences. */
  readonly reservedAmiss: readonly string[];
}

const AT_ONCE = 8;

/** Holds every level of the imported products against what is on record of it. */
export async function totalStock(run: Run, products: readonly BookedProduct[]): Promise<StockTotals> {
  const { listWarehouses } = run.system.contexts.fulfillment.queries;
  const warehouses = await act('fulfillment.listWarehouses', () => allPages(listWarehouses));
  const ledger = new StockLedger(
    run,
    new Map(products.map(({ listing }) => [listing.productId, listing.sku])),
    new Map(warehouses.map(({ id, name }) => [id, name])),
  );
  const stage = run.progress.begin('checking', products.length);
  await each(products, { atOnce: AT_ONCE, stop: run.stop }, async ({ listing }) => {
    await ledger.readProduct(listing.productId);
    stage.advance();
  });
  await ledger.readShipments();
  stage.end();
  return ledger.total();
}

class StockLedger {
  readonly #queries: Run['system']['contexts']['fulfillment']['queries'];
  readonly #skus: ReadonlyMap<ProductId, string>;
  readonly #names: ReadonlyMap<WarehouseId, string>;
  readonly #places = new Map<string, Place>();
  #received = 0;
  #shipped = 0;

  constructor({ system }: Run, skus: ReadonlyMap<ProductId, string>, names: ReadonlyMap<WarehouseId, string>) {
    this.#queries = system.contexts.fulfillment.queries;
    this.#skus = skus;
    this.#names = names;
  }

  async readProduct(productId: ProductId): Promise<void> {
    const { getStock, listStockReceipts, listStockAdjustments } = this.#queries;
    const { warehouses } = await act('fulfillment.getStock', () => getStock(productId));
    const receipts = await act('fulfillment.listStockReceipts', () =>
      allPages((page) => listStockReceipts({ ...page, productId })),
    );
    const adjustments = await act('fulfillment.listStockAdjustments', () =>
      allPages((page) => listStockAdjustments({ ...page, productId })),
    );
    for (const { warehouseId, onHand, reserved } of warehouses) {
      Object.assign(this.#at(productId, warehouseId), { onHand, reserved });
    }
    for (const { warehouseId, quantity } of receipts) {
      this.#at(productId, warehouseId).recorded += quantity;
      this.#received += quantity;
    }
    for (const { warehouseId, difference } of adjustments) this.#at(productId, warehouseId).recorded += difference;
  }

  /** Of all orders: others may have bought the same products. */
  async readShipments(): Promise<void> {
    const shipments = await act('fulfillment.listShipments', () => allPages(this.#queries.listShipments));
    for (const { status, warehouseId, lines } of shipments) {
      for (const { productId, quantity } of lines.filter((line) => this.#skus.has(line.productId))) {
        const place = this.#at(productId, warehouseId);
        if (status === 'prepared') place.packed += quantity;
        if (status !== 'dispatched' && status !== 'delivered') continue;
        place.recorded -= quantity;
        this.#shipped += quantity;
      }
    }
  }

  total(): StockTotals {
    const places = [...this.#places.values()];
    return {
      places: places.length,
      received: this.#received,
      shipped: this.#shipped,
      onHand: places.reduce((sum, { onHand }) => sum + onHand, 0),
      different: places.filter(({ recorded, onHand }) => recorded !== onHand).map(describeDifference),
      reservedAmiss: places.filter(({ packed, reserved }) => packed !== reserved).map(describeReserved),
    };
  }

  #at(productId: ProductId, warehouseId: WarehouseId): Place {
    const name = `${productId} ${warehouseId}`;
    const known = this.#places.get(name);
    if (known) return known;
    const sku = this.#skus.get(productId)!;
    const warehouse = this.#names.get(warehouseId) ?? warehouseId;
    const place = { sku, warehouse, recorded: 0, packed: 0, onHand: 0, reserved: 0 };
    this.#places.set(name, place);
    return place;
  }
}

const describeDifference = ({ sku, warehouse, recorded, onHand }: Place) =>
  `${sku} in ${warehouse}: ${recorded} by the records, ${onHand} on hand`;

const describeReserved = ({ sku, warehouse, packed, reserved }: Place) =>
  `${sku} in ${warehouse}: ${reserved} reserved, ${packed} waiting to leave`;
