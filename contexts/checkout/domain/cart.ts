import type { CartId, CustomerId, OrderId, ProductId } from '#shared-kernel/ids';
import type { Money } from '#shared-kernel/money';
import { MOST_PIECES } from '#shared-kernel/quantity';
import { CartAlreadyOrdered, ProductNotInCart, TooManyLines, TooManyPieces } from './errors.ts';

export interface CartLine {
  readonly productId: ProductId;
  readonly quantity: number;
  /** What the shopper saw when it went into the cart. */
  readonly priceSeen: Money;
}

export interface Cart {
  readonly id: CartId;
  readonly customerId: CustomerId;
  readonly lines: readonly CartLine[];
  readonly orderId: OrderId | null;
}

export const MOST_LINES = 100;

/** Adds pieces of a product; those already there are joined, at the price seen now. @throws {TooManyLines} {@link TooManyPieces} */
export function addLine(cart: Cart, added: CartLine): Cart {
  const known = cart.lines.find(({ productId }) => productId === added.productId);
  const others = cart.lines.filter((line) => line !== known);
  if (others.length >= MOST_LINES) throw new TooManyLines(MOST_LINES);
  const quantity = added.quantity + (known?.quantity ?? 0);
  if (quantity > MOST_PIECES) throw new TooManyPieces(added.productId, quantity, MOST_PIECES);
  return open(cart, [...others, { ...added, quantity }]);
}

/** @throws {ProductNotInCart} */
export function changeQuantity(cart: Cart, productId: ProductId, quantity: number): Cart {
  assertHas(cart, productId);
  return open(
    cart,
    cart.lines.map((line) => (line.productId === productId ? { ...line, quantity } : line)),
  );
}

/** @throws {ProductNotInCart} */
export function removeLine(cart: Cart, productId: ProductId): Cart {
  assertHas(cart, productId);
  return open(
    cart,
    cart.lines.filter((line) => line.productId !== productId),
  );
}

/** A cart becomes one order. @throws {CartAlreadyOrdered} */
export const markOrdered = (cart: Cart, orderId: OrderId): Cart => ({ ...open(cart, cart.lines), orderId });

function open(cart: Cart, lines: readonly CartLine[]): Cart {
  if (cart.orderId) throw new CartAlreadyOrdered(cart.id, cart.orderId);
  return { ...cart, lines };
}

function assertHas(cart: Cart, wanted: ProductId): void {
  if (!cart.lines.some(({ productId }) => productId === wanted)) throw new ProductNotInCart(wanted);
}
