import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AgreeSupply, ExplodePartsList, ListProduct, ListProducts, ProductView } from '#contexts/catalog';
import { newId, ProductId, SupplierId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';

describe('what comes into the catalogue', () => {
  const wire = { sku: 'BK-1', name: 'Bike', price: { amount: '19.99', currency: 'USD' }, isForSale: true };
  const listing = { ...wire, taxClass: 'standard' as const };

  test('is read from JSON, with money in decimals', () => {
    expect(z.decode(ListProduct, listing)).toMatchObject({ price: moneyOf('19.99', 'USD'), description: '' });
    expect(z.decode(ExplodePartsList, { productId: newId(ProductId), quantity: '7' })).toMatchObject({ quantity: 7 });
  });

  test('is refused when it is not text that can be kept, when it is too long, or when a field is unknown', () => {
    const refused = [
      { ...listing, description: 'a\0b' },
      { ...listing, description: 'x'.repeat(4001) },
      { ...listing, price: { amount: '-1', currency: 'USD' } },
      { ...listing, status: 'discontinued' },
    ];
    for (const one of refused) expect(ListProduct.safeParse(one).success).toBe(false);
    expect(ListProducts.safeParse({ after: 'not an id' }).success).toBe(false);
  });

  test('has order quantities that can be met', () => {
    const [supplierId, productId] = [newId(SupplierId), newId(ProductId)];
    const supply = { supplierId, productId, price: wire.price, leadTimeDays: 1, minOrderQuantity: 5 };
    expect(AgreeSupply.safeParse({ ...supply, maxOrderQuantity: 4 }).success).toBe(false);
    expect(AgreeSupply.safeParse({ ...supply, maxOrderQuantity: 5 }).success).toBe(true);
  });

  test('leaves as JSON', () => {
    const decoded = z.decode(ListProduct, listing);
    const view = { ...decoded, id: newId(ProductId), specifications: [], status: 'listed' as const };
    expect(z.encode(ProductView, view)).toMatchObject({ price: { amount: '19.99', currency: 'USD' } });
  });
});
