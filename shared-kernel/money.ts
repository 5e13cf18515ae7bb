import { z } from 'zod';
import { Currency, minorUnitDigits } from './currency.ts';
import { type Decimal, decimal, roundHalfEven } from './decimal.ts';
import { DomainError } from './errors.ts';

/** Digits after the point that an amount is exact to. */
export const MONEY_SCALE = 4;
const LIMIT = 10n ** 15n;

/** An amount in ten-thousandths of its currency: `{ amount: 199900n, currency: 'USD' }` is 19.99 dollars. Never a float. */
export interface Money {
  readonly amount: bigint;
  readonly currency: Currency;
}

const TOO_LARGE = /^-?[1-9]\d{11,}(\.\d{1,4})?$/;

const MoneyInCode = z.custom<Money>(
  (value) => value instanceof Object && 'amount' in value && typeof value.amount === 'bigint',
  { error: 'must be money' },
);

const AmountOnTheWire = z.string().regex(/^-?(0|[1-9]\d{0,10})(\.\d{1,4})?$/, {
  error: ({ input }) =>
    TOO_LARGE.test(String(input))
      ? 'must have at most eleven digits before the point'
      : 'must be a decimal of at most four places, as a string: "19.99"',
});

/** On the wire `{ "amount": "19.99", "currency": "USD" }`: a decimal string of at most four places. */
export const Money = z.codec(z.strictObject({ amount: AmountOnTheWire, currency: Currency }), MoneyInCode, {
  decode: (wire) => ({ amount: parseAmount(wire.amount), currency: wire.currency }),
  encode: (money) => ({ amount: formatAmount(money), currency: money.currency }),
});

/** Money that is not negative: a price. */
export const Price = Money.refine((money) => money.amount >= 0n, { path: ['amount'], error: 'must not be negative' });

/** Two currencies cannot be added, subtracted or compared. */
export class CurrencyMismatch extends DomainError {
  readonly code = 'kernel.currency-mismatch';
  readonly kind = 'rejected';

  constructor(left: Currency, right: Currency) {
    super(`${left} and ${right} cannot be mixed in one amount`, { left, right });
  }
}

/** A sum left the range that money is kept in: eleven digits before the point. */
export class AmountOutOfRange extends DomainError {
  readonly code = 'kernel.amount-out-of-range';
  readonly kind = 'rejected';

  constructor() {
    super('the amount is too large to be kept exactly');
  }
}

export const money = (amount: bigint, currency: Currency): Money => {
  if (amount >= LIMIT || amount <= -LIMIT) throw new AmountOutOfRange();
  return { amount, currency };
};

/** `moneyOf('19.99', 'USD')`: for fixtures and figures written by people. */
export const moneyOf = (amount: string, currency: string): Money => z.decode(Money, { amount, currency });

/** No money, of a currency. */
export const zero = (currency: Currency): Money => ({ amount: 0n, currency });

/** @throws {CurrencyMismatch} */
export const add = (a: Money, b: Money): Money => money(a.amount + sameCurrency(a, b).amount, a.currency);

/** Of no amounts it is zero. @throws {CurrencyMismatch} */
export const sumOf = (amounts: readonly Money[], currency: Currency): Money => amounts.reduce(add, zero(currency));

export const isSame = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency;

/** The exact value, for arithmetic that is rounded once at its end. */
export const exactly = (a: Money): Decimal => decimal(a.amount, MONEY_SCALE);

/** An exact decimal as money, rounded half-even to four digits. */
export const toMoney = (value: Decimal, currency: Currency): Money =>
  money(roundHalfEven(value, MONEY_SCALE).value, currency);

/** What can be paid: rounded half-even to the currency's minor unit. */
export function payable(a: Money): Money {
  const digits = minorUnitDigits(a.currency);
  return money(roundHalfEven(exactly(a), digits).value * 10n ** BigInt(MONEY_SCALE - digits), a.currency);
}

/** Splits an amount in proportion to the weights; the parts add up to it exactly (largest remainder method). */
export function allocate(total: Money, weights: readonly bigint[]): Money[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) return weights.map((_, at) => money(at === 0 ? total.amount : 0n, total.currency));
  const parts = weights.map((weight, at) => ({
    at,
    floor: (total.amount * weight) / whole,
    rest: (total.amount * weight) % whole,
  }));
  let left = total.amount - parts.reduce((sum, part) => sum + part.floor, 0n);
  const step = left < 0n ? -1n : 1n;
  for (const part of parts.toSorted(
    (a, b) => Number(step) * (a.rest > b.rest ? -1 : a.rest < b.rest ? 1 : a.at - b.at),
  )) {
    if (left === 0n) break;
    part.floor += step;
    left -= step;
  }
  return parts.map((part) => money(part.floor, total.currency));
}

/** `19.99`, `2024.994`, `500` for yen: as few digits as are exact, but no fewer than the minor unit. */
export function formatAmount({ amount, currency }: Money): string {
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(MONEY_SCALE + 1, '0');
  const fraction = digits.slice(-MONEY_SCALE).replace(/0+$/, '').padEnd(minorUnitDigits(currency), '0');
  return `${sign}${digits.slice(0, -MONEY_SCALE)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The ten-thousandths that a decimal string of at most four places stands for. */
export function parseAmount(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const magnitude = BigInt(whole + fraction.padEnd(MONEY_SCALE, '0'));
  return text.startsWith('-') ? -magnitude : magnitude;
}

function sameCurrency(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new CurrencyMismatch(a.currency, b.currency);
  return b;
}
