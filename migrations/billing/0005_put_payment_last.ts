import type { Migration } from '../migration.ts';

/** What a payment changes stands together at the end of an invoice's row: WAL repeats only what lies between the first and the last change. */
export const putPaymentLast: Migration = {
  name: '0005_put_payment_last',
  sql: (schema) => `
    alter table ${schema}.invoices rename column status to status_before;
    alter table ${schema}.invoices rename column captured to captured_before;
    alter table ${schema}.invoices rename column capture_reference to capture_reference_before;
    alter table ${schema}.invoices
      add column status text check (status in ('issued', 'paid', 'declined', 'void', 'refunded')),
      add column captured numeric(19, 4),
      add column capture_reference text;
    update ${schema}.invoices
       set status = status_before, captured = captured_before, capture_reference = capture_reference_before;
    alter table ${schema}.invoices
      alter column status set not null,
      alter column captured set not null,
      drop column status_before,
      drop column captured_before,
      drop column capture_reference_before;
    alter table ${schema}.invoices add check (captured in (0, total)), add check (refunded in (0, captured));
  `,
};
