import { defineEntity, type EntityManager, type InferEntity, p } from '@mikro-orm/postgresql';
import type { ProductId, WarehouseId } from '#shared-kernel/ids';
import { type Page, type PageRequest, pageOf } from '#shared-kernel/page';
import type { TenantId } from '#shared-kernel/tenant';
import type { StockAdjustment, StockReceipt } from '../../domain/stock-records.ts';
import type { StockRecordFilter, StockRecords } from '../../ports.ts';
import { insertNew } from './insert-new.ts';

export const StockReceiptRow = defineEntity({
  name: 'StockReceiptRow',
  schema: 'fulfillment',
  tableName: 'stock_receipts',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().primary(),
    productId: p.uuid().$type<ProductId>(),
    warehouseId: p.uuid().$type<WarehouseId>(),
    quantity: p.integer(),
    receivedAt: p.datetime(),
  },
});

export const StockAdjustmentRow = defineEntity({
  name: 'StockAdjustmentRow',
  schema: 'fulfillment',
  tableName: 'stock_adjustments',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().primary(),
    productId: p.uuid().$type<ProductId>(),
    warehouseId: p.uuid().$type<WarehouseId>(),
    difference: p.integer(),
    reason: p.text(),
    adjustedAt: p.datetime(),
  },
});

export class MikroOrmStockRecords implements StockRecords {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async addReceipt(receipt: StockReceipt): Promise<boolean> {
    return insertNew(this.#em, StockReceiptRow, { ...receipt, tenantId: this.#tenantId });
  }

  async addAdjustment(adjustment: StockAdjustment): Promise<void> {
    this.#em.create(StockAdjustmentRow, { ...adjustment, tenantId: this.#tenantId }, { persist: true });
  }

  async listReceipts(page: PageRequest, filter: StockRecordFilter): Promise<Page<StockReceipt>> {
    const rows = await this.#em.find(StockReceiptRow, this.#wanted(page, filter), inOrder(page));
    return pageOf(rows.map(toReceipt), page.limit, ({ id }) => id);
  }

  async listAdjustments(page: PageRequest, filter: StockRecordFilter): Promise<Page<StockAdjustment>> {
    const rows = await this.#em.find(StockAdjustmentRow, this.#wanted(page, filter), inOrder(page));
    return pageOf(rows.map(toAdjustment), page.limit, ({ id }) => id);
  }

  #wanted({ after }: PageRequest, { productId }: StockRecordFilter) {
    return { tenantId: this.#tenantId, ...(after && { id: { $gt: after } }), ...(productId && { productId }) };
  }
}

const inOrder = ({ limit }: PageRequest) => ({ orderBy: { id: 'asc' as const }, limit: limit + 1 });

const toReceipt = ({ tenantId: _tenantId, ...receipt }: InferEntity<typeof StockReceiptRow>): StockReceipt => receipt;

const toAdjustment = ({
  tenantId: _tenantId,
  ...adjustment
}: InferEntity<typeof StockAdjustmentRow>): StockAdjustment => adjustment;
