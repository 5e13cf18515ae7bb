/** An exact decimal: `value` × 10^-`scale`. Never rounded by itself. */
export interface Decimal {
  readonly value: bigint;
  readonly scale: number;
}

/** `decimal(1999n, 2)` is 19.99. */
export const decimal = (value: bigint, scale: number): Decimal => ({ value, scale });

export const ZERO = decimal(0n, 0);

/** Exact, at the finer of both scales. */
export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return decimal(widen(a, scale) + widen(b, scale), scale);
}

/** Exact, at the sum of both scales. */
export const times = (a: Decimal, b: Decimal): Decimal => decimal(a.value * b.value, a.scale + b.scale);

/** Half-even ("banker's") rounding to `scale` digits. */
export function roundHalfEven(a: Decimal, scale: number): Decimal {
  if (a.scale <= scale) return decimal(widen(a, scale), scale);
  const divisor = 10n ** BigInt(a.scale - scale);
  return decimal(divideHalfEven(a.value, divisor), scale);
}

function widen(a: Decimal, scale: number): bigint {
  return a.value * 10n ** BigInt(scale - a.scale);
}

function divideHalfEven(value: bigint, divisor: bigint): bigint {
  const sign = value < 0n ? -1n : 1n;
  const magnitude = value * sign;
  const quotient = magnitude / divisor;
  const twiceRest = (magnitude % divisor) * 2n;
  const up = twiceRest > divisor || (twiceRest === divisor && quotient % 2n === 1n);
  return sign * (up ? quotient + 1n : quotient);
}
