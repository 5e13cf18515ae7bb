import { DomainError } from '#shared-kernel/errors';
import type { ProductId, SupplierId } from '#shared-kernel/ids';

export class ProductNotFound extends DomainError {
  readonly code = 'catalog.product-not-found';
  readonly kind = 'not-found';

  constructor(productId: ProductId) {
    super(`there is no product ${productId}`, { productId });
  }
}

export class SkuTaken extends DomainError {
  readonly code = 'catalog.sku-taken';
  readonly kind = 'conflict';

  constructor(sku: string) {
    super(`another product has the sku ${sku}`, { sku });
  }
}

/** The same id stands for one product, and what is said of it is changed by a revision. */
export class ListedOtherwise extends DomainError {
  readonly code = 'catalog.listed-otherwise';
  readonly kind = 'conflict';

  constructor(productId: ProductId) {
    super(`product ${productId} is listed already, with other data; revise it instead`, { productId });
  }
}

export class ProductIsDiscontinued extends DomainError {
  readonly code = 'catalog.product-discontinued';
  readonly kind = 'conflict';

  constructor(productId: ProductId) {
    super(`product ${productId} is discontinued and is not revised any more`, { productId });
  }
}

export class PartListedTwice extends DomainError {
  readonly code = 'catalog.part-listed-twice';
  readonly kind = 'rejected';

  constructor(productId: ProductId) {
    super(`a parts list names each part once, and ${productId} is there twice`, { productId });
  }
}

export class PartUnknown extends DomainError {
  readonly code = 'catalog.part-unknown';
  readonly kind = 'rejected';

  constructor(productId: ProductId) {
    super(`${productId} is no product, so it cannot be a part`, { productId });
  }
}

export class DiscontinuedPart extends DomainError {
  readonly code = 'catalog.part-discontinued';
  readonly kind = 'rejected';

  constructor(productId: ProductId) {
    super(`product ${productId} is discontinued and is not built in anew`, { productId });
  }
}

/** Nothing is built of itself, however far down. */
export class PartsListCycle extends DomainError {
  readonly code = 'catalog.parts-list-cycle';
  readonly kind = 'rejected';

  constructor(path: readonly { readonly id: ProductId; readonly sku: string }[]) {
    super(`nothing can be built of itself: ${path.map(({ sku }) => sku).join(' > ')}`, {
      path: path.map(({ id }) => id),
      skus: path.map(({ sku }) => sku),
    });
  }
}

export class QuantityTooLarge extends DomainError {
  readonly code = 'catalog.quantity-too-large';
  readonly kind = 'rejected';

  constructor(productId: ProductId) {
    super(`more pieces of ${productId} are needed than can be counted exactly`, { productId });
  }
}

export class SupplierNotFound extends DomainError {
  readonly code = 'catalog.supplier-not-found';
  readonly kind = 'not-found';

  constructor(supplierId: SupplierId) {
    super(`there is no supplier ${supplierId}`, { supplierId });
  }
}

export class AccountNumberTaken extends DomainError {
  readonly code = 'catalog.account-number-taken';
  readonly kind = 'conflict';

  constructor(accountNumber: string) {
    super(`another supplier has the account number ${accountNumber}`, { accountNumber });
  }
}
