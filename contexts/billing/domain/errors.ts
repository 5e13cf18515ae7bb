import { DomainError } from '#shared-kernel/errors';
import type { CustomerId, InvoiceId } from '#shared-kernel/ids';

export class InvoiceNotFound extends DomainError {
  readonly code = 'billing.invoice-not-found';
  readonly kind = 'not-found';

  constructor(invoiceId: InvoiceId) {
    super(`there is no invoice ${invoiceId}`, { invoiceId });
  }
}

/** Only what was captured, and has not gone back yet, can go back. */
export class InvoiceNotRefundable extends DomainError {
  readonly code = 'billing.invoice-not-refundable';
  readonly kind = 'conflict';

  constructor(invoiceId: InvoiceId, status: string) {
    super(`invoice ${invoiceId} is ${status}: there is nothing to refund`, { invoiceId, status });
  }
}

export class CustomerUnknown extends DomainError {
  readonly code = 'billing.customer-unknown';
  readonly kind = 'rejected';
  override readonly judgedOnCopy = true;

  constructor(customerId: CustomerId) {
    super(`customer ${customerId} is not registered`, { customerId });
  }
}
