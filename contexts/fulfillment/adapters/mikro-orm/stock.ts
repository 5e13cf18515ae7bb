import { defineEntity, type EntityManager, type InferEntity, LockMode, p } from '@mikro-orm/postgresql';
import type { ProductId, WarehouseId } from '#shared-kernel/ids';
import type { TenantId } from '#shared-kernel/tenant';
import type { StockLevel } from '../../domain/stock.ts';
import type { StockRepository } from '../../ports.ts';
import { insertNew } from './insert-new.ts';

export const StockLevelRow = defineEntity({
  name: 'StockLevelRow',
  schema: 'fulfillment',
  tableName: 'stock_levels',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    productId: p.uuid().$type<ProductId>().primary(),
    warehouseId: p.uuid().$type<WarehouseId>().primary(),
    onHand: p.bigint('number'),
    reserved: p.bigint('number'),
  },
});
type Row = InferEntity<typeof StockLevelRow>;

const IN_ORDER = { orderBy: { productId: 'asc', warehouseId: 'asc' } } as const;
const LOCKING = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;

export class MikroOrmStock implements StockRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;
  /** What this unit of work has locked: nobody else changes it meanwhile. */
  readonly #locked = new Map<ProductId, readonly Row[]>();

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async lock(productIds: readonly ProductId[]): Promise<readonly StockLevel[]> {
    const ids = [...new Set(productIds)];
    await this.#lockMore(ids.filter((id) => !this.#locked.has(id)));
    return ids.flatMap((id) => this.#locked.get(id)!).map(toLevel);
  }

  async findAll(productIds: readonly ProductId[]): Promise<readonly StockLevel[]> {
    const rows = await this.#em.find(StockLevelRow, this.#of([...new Set(productIds)]), IN_ORDER);
    return rows.map(toLevel);
  }

  async open(productId: ProductId, warehouseId: WarehouseId): Promise<void> {
    const key = { tenantId: this.#tenantId, productId, warehouseId };
    await insertNew(this.#em, StockLevelRow, { ...key, onHand: 0, reserved: 0 });
    const known = this.#locked.get(productId);
    if (!known || known.some((row) => row.warehouseId === warehouseId)) return;
    const opened = await this.#em.findOneOrFail(StockLevelRow, key, LOCKING);
    this.#locked.set(productId, [...known, opened]);
  }

  async save({ productId, warehouseId, onHand, reserved }: StockLevel): Promise<void> {
    const row = this.#locked.get(productId)!.find((level) => level.warehouseId === warehouseId)!;
    row.onHand = onHand;
    row.reserved = reserved;
  }

  async #lockMore(ids: readonly ProductId[]): Promise<void> {
    if (ids.length === 0) return;
    const found = await this.#em.find(StockLevelRow, this.#of(ids), { ...IN_ORDER, ...LOCKING });
    const rows = Map.groupBy(found, ({ productId }) => productId);
    for (const id of ids) this.#locked.set(id, rows.get(id) ?? []);
  }

  #of(ids: readonly ProductId[]) {
    return { tenantId: this.#tenantId, productId: { $in: [...ids] } };
  }
}

const toLevel = ({ productId, warehouseId, onHand, reserved }: Row): StockLevel => ({
  productId,
  warehouseId,
  onHand,
  reserved,
});
