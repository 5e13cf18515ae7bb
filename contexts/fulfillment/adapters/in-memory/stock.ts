import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import type { ProductId } from '#shared-kernel/ids';
import { noStock, type StockLevel } from '../../domain/stock.ts';
import type { StockRepository } from '../../ports.ts';

/** Units of work run one after the other, so nothing needs to be locked. */
export function createStock(tables: Tables): StockRepository {
  const stock = tables.table<readonly StockLevel[]>('stock_levels');
  const levelsOf = (productId: ProductId) => stock.get(productId) ?? [];
  const findAll = async (ids: readonly ProductId[]) => [...new Set(ids)].toSorted().flatMap(levelsOf);
  const put = (level: StockLevel) => {
    const others = levelsOf(level.productId).filter(({ warehouseId }) => warehouseId !== level.warehouseId);
    stock.put(
      level.productId,
      [...others, level].toSorted((a, b) => (a.warehouseId < b.warehouseId ? -1 : 1)),
    );
  };
  return {
    lock: findAll,
    findAll,
    async open(productId, warehouseId) {
      const isOpen = levelsOf(productId).some((level) => level.warehouseId === warehouseId);
      if (!isOpen) put(noStock(productId, warehouseId));
    },
    save: async (level) => put(level),
  };
}
