import { DomainError } from '#shared-kernel/errors';
import type { CustomerId, MailId } from '#shared-kernel/ids';

/** The news of an order came before the news of its customer: it is tried again when that has come. */
export class CustomerUnknown extends DomainError {
  readonly code = 'notifications.customer-unknown';
  readonly kind = 'rejected';
  override readonly judgedOnCopy = true;

  constructor(customerId: CustomerId) {
    super(`customer ${customerId} is not known here yet, so there is no address to write to`, { customerId });
  }
}

export class MailNotFound extends DomainError {
  readonly code = 'notifications.mail-not-found';
  readonly kind = 'not-found';

  constructor(mailId: MailId) {
    super(`there is no mail ${mailId}`, { mailId });
  }
}
