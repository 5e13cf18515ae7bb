import { ProductDiscontinued, ProductListed, ProductRevised } from '#events/catalog';
import { defineSubscriber } from '#events/messaging';
import type { CheckoutScope } from '../ports.ts';

/** Keeps checkout's own products: what is for sale, and at what price. */
export const keepProducts = defineSubscriber<CheckoutScope>()({
  name: 'checkout.keepProducts',
  on: [ProductListed, ProductRevised, ProductDiscontinued],
  handle: async ({ products }, event) => {
    if (event.type === 'catalog.ProductDiscontinued') {
      const [known] = await products.findAll([event.data.productId]);
      if (known) await products.save({ ...known, isForSale: false });
      return;
    }
    const { productId: id, sku, name, description, price, taxClass, isForSale } = event.data;
    await products.save({ id, sku, name, description, price, taxClass, isForSale });
  },
});
