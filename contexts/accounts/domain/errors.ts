import { DomainError } from '#shared-kernel/errors';
import type { CustomerId } from '#shared-kernel/ids';

export class CustomerNotFound extends DomainError {
  readonly code = 'accounts.customer-not-found';
  readonly kind = 'not-found';

  constructor(customerId: CustomerId) {
    super(`there is no customer ${customerId}`, { customerId });
  }
}

export class CustomerIsErased extends DomainError {
  readonly code = 'accounts.customer-erased';
  readonly kind = 'conflict';

  constructor(customerId: CustomerId) {
    super(`customer ${customerId} was erased`, { customerId });
  }
}

/** Says neither which address nor whose: an error is no place for what is personal. */
export class EmailTaken extends DomainError {
  readonly code = 'accounts.email-taken';
  readonly kind = 'conflict';

  constructor() {
    super('another account has this e-mail address');
  }
}

/** The same for whoever is unknown, was erased, or has no password: it gives nobody away. */
export class WrongPassword extends DomainError {
  readonly code = 'accounts.wrong-password';
  readonly kind = 'rejected';

  constructor() {
    super('this is not the current password');
  }
}
