import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import type { ProductId } from '#shared-kernel/ids';
import type { Part } from '../../domain/parts-list.ts';
import type { PartsListRepository } from '../../ports.ts';

export function createPartsLists(tables: Tables): PartsListRepository {
  const lists = tables.table<readonly Part[]>('parts_lists');
  return {
    hold: async () => undefined,
    get: async (productId) => lists.get(productId) ?? [],
    async below(productIds) {
      const reached = new Set(productIds);
      // What is added while the set is walked is walked too.
      for (const id of reached) for (const part of lists.get(id) ?? []) reached.add(part.productId);
      return new Map(
        [...reached].map((id) => [id, lists.get(id) ?? []] as const).filter(([, parts]) => parts.length > 0),
      );
    },
    async using(productId) {
      const uses = lists.entries().map(([assembly, parts]) => ({
        productId: assembly as ProductId,
        quantity: parts.find((part) => part.productId === productId)?.quantity,
      }));
      return uses
        .filter((use): use is Part => use.quantity !== undefined)
        .toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
    },
    save: async (productId, parts) => lists.put(productId, parts),
  };
}
