import type { MikroOrmContext } from '#events/messaging/adapters/postgresql/store';
import type { BillingScope } from '../../ports.ts';
import { BillableOrderRow, MikroOrmBillableOrders } from './billable-orders.ts';
import { CustomerRow, MikroOrmCustomers } from './customers.ts';
import { InvoiceLineRow, InvoiceRow } from './invoice-rows.ts';
import { MikroOrmInvoices } from './invoices.ts';

export const billingOnMikroOrm: MikroOrmContext<BillingScope> = {
  context: 'billing',
  entities: [BillableOrderRow, InvoiceRow, InvoiceLineRow, CustomerRow],
  createScope: (em, unit) => ({
    ...unit,
    orders: new MikroOrmBillableOrders(em, unit.tenantId),
    invoices: new MikroOrmInvoices(em, unit.tenantId),
    customers: new MikroOrmCustomers(em, unit.tenantId),
  }),
};
