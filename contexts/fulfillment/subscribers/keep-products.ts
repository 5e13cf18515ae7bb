import { ProductListed, ProductRevised } from '#events/catalog';
import { defineSubscriber } from '#events/messaging';
import type { FulfillmentScope } from '../ports.ts';

/** Keeps fulfillment's own products: the sku, and what stands on the shelf. Stock outlives what is sold, so none is removed. */
export const keepProducts = defineSubscriber<FulfillmentScope>()({
  name: 'fulfillment.keepProducts',
  on: [ProductListed, ProductRevised],
  prepare: ({ products }, events) => products.preload(events.map(({ data }) => data.productId)),
  handle: ({ products }, { data: { productId: id, sku, name: label } }) => products.save({ id, sku, label }),
});
