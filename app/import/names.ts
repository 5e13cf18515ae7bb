import { CustomerId, idOfName, OrderId, ProductId, SupplierId, WarehouseId } from '#shared-kernel/ids';
import { uuidOfName } from '#shared-kernel/uuid';

/** What AdventureWorks numbers has one id here for ever, so that a second import finds what the first one made. */

const NAMESPACE = 'adventureworks';

export const productIdOf = (key: string) => idOfName(ProductId, NAMESPACE, `product ${key}`);
export const supplierIdOf = (key: string) => idOfName(SupplierId, NAMESPACE, `supplier ${key}`);
export const warehouseIdOf = (key: string) => idOfName(WarehouseId, NAMESPACE, `location ${key}`);
export const customerIdOf = (key: string) => idOfName(CustomerId, NAMESPACE, `customer ${key}`);
export const orderIdOf = (key: string) => idOfName(OrderId, NAMESPACE, `order ${key}`);

/** The stock of a product that is listed at a location. */
export const openingReceiptIdOf = (product: string, location: string) =>
  uuidOfName(NAMESPACE, `opening stock of ${product} at ${location}`);

/** What is received beyond that, so that orders can be served; there may be several of these for a product. */
export const ampleReceiptIdOf = (product: string, number: number) =>
  uuidOfName(NAMESPACE, `ample stock of ${product}, receipt ${number}`);
