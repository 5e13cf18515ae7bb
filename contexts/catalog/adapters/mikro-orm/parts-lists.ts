import { defineEntity, type EntityManager, p } from '@mikro-orm/postgresql';
import type { ProductId } from '#shared-kernel/ids';
import type { TenantId } from '#shared-kernel/tenant';
import type { Part, PartsLists } from '../../domain/parts-list.ts';
import type { PartsListRepository } from '../../ports.ts';

export const PartsListLineRow = defineEntity({
  name: 'PartsListLineRow',
  schema: 'catalog',
  tableName: 'parts_list_lines',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    assemblyId: p.uuid().$type<ProductId>().primary(),
    partId: p.uuid().$type<ProductId>().primary(),
    lineNumber: p.integer(),
    quantity: p.integer(),
  },
});

/** The lines of the assemblies and of everything below them; `union` keeps each once, so that it ends. */
const BELOW = `
  with recursive below as (
    select tenant_id, assembly_id, line_number, part_id, quantity
    from catalog.parts_list_lines
    where tenant_id = ? and assembly_id in (?)
    union
    select line.tenant_id, line.assembly_id, line.line_number, line.part_id, line.quantity
    from below
    join catalog.parts_list_lines line on line.tenant_id = below.tenant_id and line.assembly_id = below.part_id
  )
  select assembly_id, part_id, quantity from below order by assembly_id, line_number`;

/** A line of a parts list is a row; an assembly without lines has none. */
export class MikroOrmPartsLists implements PartsListRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async hold(): Promise<void> {
    const name = `catalog parts lists of ${this.#tenantId}`;
    await this.#em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [name]);
  }

  async get(productId: ProductId): Promise<readonly Part[]> {
    return (await this.#linesOf(productId)).map(({ partId, quantity }) => ({ productId: partId, quantity }));
  }

  async below(productIds: readonly ProductId[]): Promise<PartsLists> {
    if (productIds.length === 0) return new Map();
    const lines = await this.#em.execute<{ assembly_id: ProductId; part_id: ProductId; quantity: number }[]>(BELOW, [
      this.#tenantId,
      [...productIds],
    ]);
    const lists = Map.groupBy(lines, (line) => line.assembly_id);
    return new Map(
      [...lists].map(([id, list]) => [id, list.map((line) => ({ productId: line.part_id, quantity: line.quantity }))]),
    );
  }

  async using(productId: ProductId): Promise<readonly Part[]> {
    const lines = await this.#em.find(
      PartsListLineRow,
      { tenantId: this.#tenantId, partId: productId },
      { orderBy: { assemblyId: 'asc' } },
    );
    return lines.map(({ assemblyId, quantity }) => ({ productId: assemblyId, quantity }));
  }

  /** Writes at once, for `below` sees only what is written. */
  async save(assemblyId: ProductId, parts: readonly Part[]): Promise<void> {
    const before = new Map((await this.#linesOf(assemblyId)).map((line) => [line.partId, line]));
    parts.forEach(({ productId: partId, quantity }, at) => {
      const state = { lineNumber: at + 1, quantity };
      const line = before.get(partId);
      if (line) this.#em.assign(line, state);
      else {
        const created = { tenantId: this.#tenantId, assemblyId, partId, ...state };
        this.#em.create(PartsListLineRow, created, { persist: true });
      }
      before.delete(partId);
    });
    for (const line of before.values()) this.#em.remove(line);
    await this.#em.flush();
  }

  async #linesOf(assemblyId: ProductId) {
    const own = { tenantId: this.#tenantId, assemblyId };
    return this.#em.find(PartsListLineRow, own, { orderBy: { lineNumber: 'asc' } });
  }
}
