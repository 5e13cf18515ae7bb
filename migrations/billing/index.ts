import type { Migration } from '../migration.ts';
import { createBillableOrders } from './0001_create_billable_orders.ts';
import { createInvoices } from './0002_create_invoices.ts';
import { createCustomers } from './0003_create_customers.ts';
import { letLinesGo } from './0004_let_lines_go.ts';
import { putPaymentLast } from './0005_put_payment_last.ts';

export const migrations: readonly Migration[] = [
  createBillableOrders,
  createInvoices,
  createCustomers,
  letLinesGo,
  putPaymentLast,
];
