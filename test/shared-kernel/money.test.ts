import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Currency } from '#shared-kernel/currency';
import { decimal, roundHalfEven } from '#shared-kernel/decimal';
import {
  add,
  allocate,
  AmountOutOfRange,
  CurrencyMismatch,
  formatAmount,
  Money,
  money,
  moneyOf,
  parseAmount,
  payable,
  Price,
  sumOf,
} from '#shared-kernel/money';

const USD = Currency.parse('USD');
const amounts = fc.bigInt({ min: -(10n ** 15n) + 1n, max: 10n ** 15n - 1n });

describe('money', () => {
  test.each([
    ['19.99', 'USD', '19.99'],
    ['2024.994', 'USD', '2024.994'],
    ['0.0001', 'USD', '0.0001'],
    ['-1.5', 'EUR', '-1.50'],
    ['500', 'JPY', '500'],
    ['1.234', 'KWD', '1.234'],
    ['0', 'USD', '0.00'],
  ])('%s %s is written %s', (text, currency, written) => {
    expect(formatAmount(moneyOf(text, currency))).toBe(written);
  });

  test.each([
    ['0.005', 'USD', '0.00'],
    ['0.015', 'USD', '0.02'],
    ['0.025', 'USD', '0.02'],
    ['0.0251', 'USD', '0.03'],
    ['-0.015', 'USD', '-0.02'],
    ['-0.025', 'USD', '-0.02'],
    ['2.5', 'JPY', '2'],
    ['3.5', 'JPY', '4'],
    ['1.2345', 'KWD', '1.234'],
  ])('%s %s is payable as %s', (text, currency, written) => {
    expect(formatAmount(payable(moneyOf(text, currency)))).toBe(written);
  });

  test.each(['1.23456', '1,5', '1e3', '', ' 1', '01', '.5', '5.', 'NaN', '100000000000'])(
    '%j is no amount',
    (amount) => {
      expect(z.safeDecode(Money, { amount, currency: 'USD' }).success).toBe(false);
    },
  );

  test.each(['usd', 'XXX', 'USDT', ''])('%j is no currency', (currency) => {
    expect(z.safeDecode(Money, { amount: '1', currency }).success).toBe(false);
  });

  test('of two currencies cannot be added', () => {
    expect(() => add(moneyOf('1', 'USD'), moneyOf('1', 'EUR'))).toThrow(CurrencyMismatch);
  });

  test('that is too large to be kept is refused', () => {
    expect(() => add(money(10n ** 15n - 1n, USD), money(1n, USD))).toThrow(AmountOutOfRange);
  });

  test('that is negative is no price', () => {
    expect(z.safeDecode(Price, { amount: '-0.01', currency: 'USD' }).error?.issues[0]?.path).toEqual(['amount']);
  });

  property.prop([amounts])('reads back as it was written', (amount) => {
    expect(parseAmount(formatAmount(money(amount, USD)))).toBe(amount);
  });

  property.prop([amounts, fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 })])(
    'is allocated to the last ten-thousandth, and no part is off by more than one',
    (amount, weights) => {
      const total = money(amount, USD);
      const parts = allocate(total, weights);
      expect(sumOf(parts, USD)).toEqual(total);
      const whole = weights.reduce((sum, weight) => sum + weight, 0n);
      if (whole === 0n) return;
      parts.forEach((part, at) => {
        const off = part.amount * whole - amount * weights[at]!;
        expect(off < 0n ? -off : off).toBeLessThanOrEqual(whole);
      });
    },
  );

  property.prop([amounts, fc.integer({ min: 0, max: 8 })])(
    'is rounded to within half of the last digit',
    (value, scale) => {
      const rounded = roundHalfEven(decimal(value, 8), scale);
      const unit = 10n ** BigInt(8 - scale);
      const off = rounded.value * unit - value;
      expect((off < 0n ? -off : off) * 2n).toBeLessThanOrEqual(unit);
    },
  );
});
