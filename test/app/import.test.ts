import { expect, test } from 'vitest';
import { Findings } from '#app/import/findings';
import { silent } from '#app/progress';
import { listProducts } from '#app/import/steps/products';
import { idOfName, ProductId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { asOperator, openMemorySystem } from '../support/system.ts';

const listing = {
  productId: idOfName(ProductId, 'import test', '1'),
  sku: 'AR-5381',
  name: 'Adjustable Race',
  description: '',
  category: null,
  price: moneyOf('1.50', 'USD'),
  taxClass: 'standard' as const,
  isForSale: false,
};

test.each([
  [{ name: 'Race' }, { field: 'name', value: 'Race', reason: 'is "Adjustable Race" here by now; it is left as it is' }],
  [
    { price: moneyOf('2.00', 'USD') },
    { field: 'listprice', value: '2.00 USD', reason: 'is "1.50 USD" here by now; it is left as it is' },
  ],
])(
  'a product that is another here is left as it is, and the warning says what both are: %o',
  async (other, warning) => {
    await using system = await openMemorySystem();
    await asOperator(() => system.contexts.catalog.commands.listProduct(listing));
    const findings = new Findings();
    const booked = { line: 2, key: '1', listing: { ...listing, ...other }, specifications: [] };
    const { signal: stop } = new AbortController();
    const run = { folder: '', system, backbone: system.backbone, findings, progress: silent, stop };
    await listProducts(run, new Map([['1', booked]]));
    expect(findings.warnings).toEqual([{ file: expect.any(String), line: 2, ...warning }]);
  },
);
