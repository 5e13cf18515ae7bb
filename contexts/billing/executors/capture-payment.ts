import { defineExecutor } from '#events/messaging';
import type { InvoiceId } from '#shared-kernel/ids';
import { recordCapture, recordDecline, recordNoAnswer } from '../commands/record-payment.ts';
import { type BillingScope, type CaptureAnswer, CapturePayment, type PaymentGateway, VoidCapture } from '../ports.ts';
import { UNTIL_ANSWERED } from './until-answered.ts';

/** The one name under which an invoice's money may be captured. */
const captureKeyOf = (invoiceId: InvoiceId) => `${CapturePayment.kind}:${invoiceId}`;

/** Has the money for an invoice captured. Giving up says nothing yet: the capture is voided first. */
export const capturePayment = (gateway: PaymentGateway) =>
  defineExecutor<BillingScope>()({
    performs: CapturePayment,
    concurrency: 16,
    call: ({ invoiceId, token, amount, reference }, { signal }) =>
      gateway.capture({ idempotencyKey: captureKeyOf(invoiceId), token, amount, reference }, signal),
    record: (scope, { payload: { invoiceId }, answer }) => recordEnd(scope, invoiceId, answer),
    giveUp: (scope, { payload: { invoiceId } }) => recordNoAnswer(scope, invoiceId),
  });

/** Has a capture that was never answered end, one way or the other. It is tried until it is answered. */
export const voidCapture = (gateway: PaymentGateway) =>
  defineExecutor<BillingScope>()({
    ...UNTIL_ANSWERED,
    performs: VoidCapture,
    call: ({ invoiceId }, { signal }) => gateway.voidCapture({ idempotencyKey: captureKeyOf(invoiceId) }, signal),
    record: (scope, { payload: { invoiceId }, answer }) =>
      recordEnd(scope, invoiceId, answer.status === 'void' ? UNREACHABLE : answer),
  });

const UNREACHABLE: CaptureAnswer = { status: 'declined', reason: 'the payment gateway could not be reached' };

const recordEnd = (scope: BillingScope, invoiceId: InvoiceId, answer: CaptureAnswer): Promise<void> =>
  answer.status === 'captured'
    ? recordCapture(scope, invoiceId, answer.reference)
    : recordDecline(scope, invoiceId, answer.reason.trim().slice(0, 200) || 'declined');
