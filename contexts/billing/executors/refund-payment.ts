import { defineExecutor } from '#events/messaging';
import { recordRefund } from '../commands/record-payment.ts';
import { type BillingScope, type PaymentGateway, RefundPayment } from '../ports.ts';
import { UNTIL_ANSWERED } from './until-answered.ts';

/** Gives the money for an invoice back. What is owed is tried until it is answered. */
export const refundPayment = (gateway: PaymentGateway) =>
  defineExecutor<BillingScope>()({
    ...UNTIL_ANSWERED,
    performs: RefundPayment,
    call: ({ captureReference, amount }, { idempotencyKey, signal }) =>
      gateway.refund({ idempotencyKey, captureReference, amount }, signal),
    record: (scope, { payload }) => recordRefund(scope, payload),
  });
