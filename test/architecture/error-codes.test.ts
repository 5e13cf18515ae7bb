import { describe, expect, test } from 'vitest';
import { expectNone } from '../support/expect-none.ts';
import { findMiscoded, findSharedCodes } from './error-codes.ts';
import { readSources, sourceOf } from './source.ts';

const errorOf = (code: string, name = 'NotPaid') =>
  sourceOf(
    'contexts/billing/domain/errors.ts',
    `export class ${name} extends DomainError { readonly code = ${code}; }`,
  );

describe('the code of an error', () => {
  const sources = readSources('contexts');

  test('is its context, and its rule in kebab-case', () => {
    expectNone('an error has the code <context>.rule-in-kebab-case', findMiscoded(sources));
  });

  test('is no other error’s', () => {
    expectNone('an error has a code of its own', findSharedCodes(sources));
  });

  test.each([
    ['another context', `'checkout.not-paid'`],
    ['no context', `'not-paid'`],
    ['camel case', `'billing.notPaid'`],
    ['snake case', `'billing.not_paid'`],
    ['no rule', `'billing.'`],
    ['a hyphen at its end', `'billing.not-'`],
    ['something that is not written out', `CODE`],
  ])('is refused with %s', (_what, code) => {
    expect(findMiscoded([errorOf(code)])).toEqual([expect.stringContaining('NotPaid in contexts/billing/')]);
  });

  test('is refused twice, and missed where there is none', () => {
    const code = `'billing.not-paid'`;
    expect(findMiscoded([errorOf(code)])).toEqual([]);
    expect(findSharedCodes([errorOf(code), errorOf(code, 'Unpaid')])).toEqual([
      '"billing.not-paid" is that of NotPaid and Unpaid',
    ]);
    const without = sourceOf('contexts/billing/domain/errors.ts', 'export class NotPaid extends DomainError {}');
    expect(findMiscoded([without])).toHaveLength(1);
  });
});
