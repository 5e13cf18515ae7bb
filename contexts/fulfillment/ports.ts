import type { UnitScope } from '#events/messaging';
import type { CustomerId, OrderId, ProductId, ShipmentId, WarehouseId } from '#shared-kernel/ids';
import type { Page, PageRequest } from '#shared-kernel/page';
import type { Product } from './domain/product.ts';
import type { Reservation } from './domain/reservation.ts';
import type { Shipment, ShipmentStatus } from './domain/shipment.ts';
import type { StockLevel } from './domain/stock.ts';
import type { StockAdjustment, StockReceipt } from './domain/stock-records.ts';
import type { Warehouse } from './domain/warehouse.ts';

/**
 * Everything a command of fulfillment may touch inside one transaction. Whoever locks more than one kind locks reservations
 * first, then stock, each kind in one go: so nobody waits for somebody who waits for them.
 */
export interface FulfillmentScope extends UnitScope {
  readonly reservations: ReservationRepository;
  readonly shipments: ShipmentRepository;
  readonly stock: StockRepository;
  readonly stockRecords: StockRecords;
  readonly warehouses: WarehouseRepository;
  readonly products: ProductRepository;
  readonly erasedCustomers: ErasedCustomers;
}

export interface ReservationRepository {
  /**
   * Those of the orders that are known, locked until the unit of work ends. Of those that are not, nobody else makes a
   * reservation meanwhile.
   */
  lock(orderIds: readonly OrderId[]): Promise<readonly Reservation[]>;
  /** All orders of a customer, locked until the unit of work ends. */
  lockOfCustomer(customerId: CustomerId): Promise<readonly Reservation[]>;
  /** For queries: not locked. */
  find(orderId: OrderId): Promise<Reservation | undefined>;
  /** Saves a reservation that is locked. */
  save(reservation: Reservation): Promise<void>;
}

/** Shipments by themselves; they change with their reservation only. */
export interface ShipmentRepository {
  /** The order that a shipment belongs to. */
  findOrderOf(id: ShipmentId): Promise<OrderId | undefined>;
  list(page: PageRequest, filter: ShipmentFilter): Promise<Page<ShipmentOfOrder>>;
}

export interface ShipmentFilter {
  readonly orderId?: OrderId | undefined;
  readonly status?: ShipmentStatus | undefined;
}

export interface ShipmentOfOrder {
  readonly shipment: Shipment;
  readonly reservation: Reservation;
}

export interface StockRepository {
  /** The products' levels in every warehouse, locked until the unit of work ends, so that they are the truth. */
  lock(productIds: readonly ProductId[]): Promise<readonly StockLevel[]>;
  /** Makes room for a product in a warehouse: a level of nothing, unless there is one. */
  open(productId: ProductId, warehouseId: WarehouseId): Promise<void>;
  /** For queries: not locked. */
  findAll(productIds: readonly ProductId[]): Promise<readonly StockLevel[]>;
  /** Saves a level that is locked. */
  save(level: StockLevel): Promise<void>;
}

/** What happened to stock and why, for whoever asks later. */
export interface StockRecords {
  /** False when this receipt is recorded already. */
  addReceipt(receipt: StockReceipt): Promise<boolean>;
  addAdjustment(adjustment: StockAdjustment): Promise<void>;
  listReceipts(page: PageRequest, filter: StockRecordFilter): Promise<Page<StockReceipt>>;
  listAdjustments(page: PageRequest, filter: StockRecordFilter): Promise<Page<StockAdjustment>>;
}

export interface StockRecordFilter {
  readonly productId?: ProductId | undefined;
}

export interface WarehouseRepository {
  /** A warehouse that is there already is left as it is. */
  add(warehouse: Warehouse): Promise<void>;
  find(id: WarehouseId): Promise<Warehouse | undefined>;
  list(page: PageRequest): Promise<Page<Warehouse>>;
}

export interface ProductRepository {
  /** Loads, at once, what a batch is about to `save`. */
  preload(ids: readonly ProductId[]): Promise<void>;
  /** Those of them that are known, in any order. */
  findAll(ids: readonly ProductId[]): Promise<readonly Product[]>;
  list(page: PageRequest): Promise<Page<Product>>;
  save(product: Product): Promise<void>;
}

/** Customers who are to be forgotten, for what is still on its way to them and for what is heard of them later. */
export interface ErasedCustomers {
  add(id: CustomerId): Promise<void>;
  has(id: CustomerId): Promise<boolean>;
}
