import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import type { Cart } from '../../domain/cart.ts';
import { CartNotFound } from '../../domain/errors.ts';
import type { CartRepository } from '../../ports.ts';

export function createCarts(tables: Tables): CartRepository {
  const carts = tables.table<Cart>('carts');
  return {
    async get(id) {
      const cart = carts.get(id);
      if (!cart) throw new CartNotFound(id);
      return cart;
    },
    save: async (cart) => carts.put(cart.id, cart),
  };
}
