import { DomainError } from '#shared-kernel/errors';
import type { CartId, CustomerId, OrderId, ProductId } from '#shared-kernel/ids';

export class ProductNotForSale extends DomainError {
  readonly code = 'checkout.product-not-for-sale';
  readonly kind = 'rejected';
  override readonly judgedOnCopy = true;

  constructor(productId: ProductId) {
    super(`product ${productId} is not for sale`, { productId });
  }
}

export class CustomerUnknown extends DomainError {
  readonly code = 'checkout.customer-unknown';
  readonly kind = 'rejected';
  override readonly judgedOnCopy = true;

  constructor(customerId: CustomerId) {
    super(`customer ${customerId} is not registered`, { customerId });
  }
}

/** One order is paid at once, so its products are priced in one currency. */
export class MixedCurrencies extends DomainError {
  readonly code = 'checkout.mixed-currencies';
  readonly kind = 'rejected';

  constructor(currencies: readonly string[]) {
    super(`an order is paid in one currency, not in ${currencies.join(' and ')}`, { currencies });
  }
}

export class OrderNotFound extends DomainError {
  readonly code = 'checkout.order-not-found';
  readonly kind = 'not-found';

  constructor(orderId: OrderId) {
    super(`there is no order ${orderId}`, { orderId });
  }
}

export class OrderNotCancellable extends DomainError {
  readonly code = 'checkout.order-not-cancellable';
  readonly kind = 'conflict';

  constructor(orderId: OrderId, status: string) {
    super(`order ${orderId} is ${status} and can no longer be cancelled`, { orderId, status });
  }
}

export class CartNotFound extends DomainError {
  readonly code = 'checkout.cart-not-found';
  readonly kind = 'not-found';

  constructor(cartId: CartId) {
    super(`there is no cart ${cartId}`, { cartId });
  }
}

export class CartEmpty extends DomainError {
  readonly code = 'checkout.cart-empty';
  readonly kind = 'rejected';

  constructor(cartId: CartId) {
    super(`cart ${cartId} is empty`, { cartId });
  }
}

export class CartAlreadyOrdered extends DomainError {
  readonly code = 'checkout.cart-already-ordered';
  readonly kind = 'conflict';

  constructor(cartId: CartId, orderId: OrderId) {
    super(`cart ${cartId} has become order ${orderId}`, { cartId, orderId });
  }
}

export class ProductNotInCart extends DomainError {
  readonly code = 'checkout.product-not-in-cart';
  readonly kind = 'not-found';

  constructor(productId: ProductId) {
    super(`product ${productId} is not in the cart`, { productId });
  }
}

export class TooManyLines extends DomainError {
  readonly code = 'checkout.too-many-lines';
  readonly kind = 'rejected';

  constructor(most: number) {
    super(`a cart holds at most ${most} products`, { most });
  }
}

/** Pieces that were put into a cart at different times count together. */
export class TooManyPieces extends DomainError {
  readonly code = 'checkout.too-many-pieces';
  readonly kind = 'rejected';

  constructor(productId: ProductId, quantity: number, most: number) {
    super(`quantity must be at most ${most} of one product, and there would be ${quantity} in the cart`, {
      productId,
      quantity,
      most,
    });
  }
}
