import { z } from 'zod';
import { uuidOfName, uuidV7 } from './uuid.ts';

const id = <Name extends string>(_name: Name) => z.uuid().toLowerCase().brand<Name>();

/** The only thing one context knows of another's records. */
export const ProductId = id('ProductId');
export type ProductId = z.output<typeof ProductId>;

export const SupplierId = id('SupplierId');
export type SupplierId = z.output<typeof SupplierId>;

export const CustomerId = id('CustomerId');
export type CustomerId = z.output<typeof CustomerId>;

export const CartId = id('CartId');
export type CartId = z.output<typeof CartId>;

export const OrderId = id('OrderId');
export type OrderId = z.output<typeof OrderId>;

export const InvoiceId = id('InvoiceId');
export type InvoiceId = z.output<typeof InvoiceId>;

export const RefundId = id('RefundId');
export type RefundId = z.output<typeof RefundId>;

export const WarehouseId = id('WarehouseId');
export type WarehouseId = z.output<typeof WarehouseId>;

export const ShipmentId = id('ShipmentId');
export type ShipmentId = z.output<typeof ShipmentId>;

export const MailId = id('MailId');
export type MailId = z.output<typeof MailId>;

/** A new id, sortable by the time it was made. */
export const newId = <Id extends z.ZodType<string>>(_type: Id) => uuidV7() as z.output<Id>;

/** The id of something that another system numbered: equal for equal names, so a second import finds the first. */
export const idOfName = <Id extends z.ZodType<string>>(_type: Id, namespace: string, name: string) =>
  uuidOfName(namespace, name) as z.output<Id>;
