import { defineEntity, type EntityManager, p } from '@mikro-orm/postgresql';
import type { CartId, CustomerId, OrderId, ProductId } from '#shared-kernel/ids';
import { Money } from '#shared-kernel/money';
import type { TenantId } from '#shared-kernel/tenant';
import { z } from 'zod';
import type { Cart } from '../../domain/cart.ts';
import { CartNotFound } from '../../domain/errors.ts';
import type { CartRepository } from '../../ports.ts';

interface StoredLine {
  readonly productId: ProductId;
  readonly quantity: number;
  readonly priceSeen: z.input<typeof Money>;
}

export const CartRow = defineEntity({
  name: 'CartRow',
  schema: 'checkout',
  tableName: 'carts',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<CartId>().primary(),
    customerId: p.uuid().$type<CustomerId>(),
    orderId: p.uuid().$type<OrderId>().nullable(),
    lines: p.json<readonly StoredLine[]>(),
    version: p.integer().version(),
  },
});

/** A cart with its lines is one row: nobody looks at a line alone. */
export class MikroOrmCarts implements CartRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async get(id: CartId): Promise<Cart> {
    const row = await this.#em.findOne(CartRow, { tenantId: this.#tenantId, id });
    if (!row) throw new CartNotFound(id);
    const lines = row.lines.map((line) => ({ ...line, priceSeen: z.decode(Money, line.priceSeen) }));
    return { id: row.id, customerId: row.customerId, orderId: row.orderId ?? null, lines };
  }

  async save({ id, customerId, orderId, lines }: Cart): Promise<void> {
    const stored = lines.map((line) => ({ ...line, priceSeen: z.encode(Money, line.priceSeen) }));
    const row = await this.#em.findOne(CartRow, { tenantId: this.#tenantId, id });
    if (row) this.#em.assign(row, { orderId, lines: stored });
    else {
      const created = { tenantId: this.#tenantId, id, customerId, orderId, lines: stored, version: 1 };
      this.#em.create(CartRow, created, { persist: true });
    }
  }
}
