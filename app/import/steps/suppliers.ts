import { formatAmount } from '#shared-kernel/money';
import { brokenRule, find } from '../act.ts';
import type { BookedSupplier, BookedSupply } from '../book/suppliers.ts';
import { each } from '../each.ts';
import { suppliers as supplierTable, supplies as supplyTable } from '../files/tables.ts';
import { productIdOf, supplierIdOf } from '../names.ts';
import type { Run } from '../run.ts';

const AT_ONCE = 8;

/** Registers who is not known yet; who cannot be registered is taken out of the book. */
export async function registerSuppliers(run: Run, suppliers: Map<string, BookedSupplier>): Promise<void> {
  const stage = run.progress.begin('suppliers', suppliers.size);
  await each([...suppliers.values()], { atOnce: AT_ONCE, stop: run.stop }, async (supplier) => {
    if (!(await registerSupplier(run, supplier))) suppliers.delete(supplier.businessEntityId);
    stage.advance();
  });
  stage.end();
}

async function registerSupplier({ findings, system }: Run, supplier: BookedSupplier): Promise<boolean> {
  const { commands, queries } = system.contexts.catalog;
  const supplierId = supplierIdOf(supplier.businessEntityId);
  if (await find('catalog.getSupplier', () => queries.getSupplier(supplierId))) {
    findings.of(supplierTable).alreadyThere += 1;
    return true;
  }
  const { name, accountNumber, creditRating, active: isActive, url } = supplier;
  const reason = await brokenRule('catalog.registerSupplier', () =>
    commands.registerSupplier({ supplierId, name, accountNumber, creditRating, isActive, url }),
  );
  if (reason === undefined) findings.of(supplierTable).imported += 1;
  else findings.reject(supplierTable, supplier, { field: 'accountNumber', value: accountNumber, reason });
  return reason === undefined;
}

/** Agrees on what is not agreed on yet. */
export async function agreeSupplies(run: Run, supplies: readonly BookedSupply[]): Promise<void> {
  const stage = run.progress.begin('supplies', supplies.length);
  const byProduct = Map.groupBy(supplies, ({ productId }) => productId);
  await each(byProduct, { atOnce: AT_ONCE, stop: run.stop }, async ([product, ofProduct]) => {
    const { listSuppliesOf } = run.system.contexts.catalog.queries;
    const there = (await find('catalog.listSuppliesOf', () => listSuppliesOf(productIdOf(product)))) ?? [];
    for (const supply of ofProduct) {
      await agreeSupply(
        run,
        supply,
        there.find(({ supplierId }) => supplierId === supplierIdOf(supply.businessEntityId)),
      );
      stage.advance();
    }
  });
  stage.end();
}

type SupplyView = Awaited<ReturnType<Run['system']['contexts']['catalog']['queries']['listSuppliesOf']>>[number];

const termsText = ({ price, leadTimeDays }: Pick<SupplyView, 'price' | 'leadTimeDays'>): string =>
  `${formatAmount(price)} ${price.currency} in ${leadTimeDays} days`;

async function agreeSupply(
  { findings, system }: Run,
  supply: BookedSupply,
  there: SupplyView | undefined,
): Promise<void> {
  const { productId, businessEntityId, standardPrice: price, leadTimeDays, minOrderQty, maxOrderQty, unit } = supply;
  if (there) {
    findings.of(supplyTable).alreadyThere += 1;
    if (there.price.amount === price.amount && there.leadTimeDays === leadTimeDays) return;
    const reason = `is ${JSON.stringify(termsText(there))} here by now; it is left as it is`;
    findings.warn(supplyTable, supply, { field: 'standardPrice', value: termsText({ price, leadTimeDays }), reason });
    return;
  }
  const reason = await brokenRule('catalog.agreeSupply', () =>
    system.contexts.catalog.commands.agreeSupply({
      supplierId: supplierIdOf(businessEntityId),
      productId: productIdOf(productId),
      price,
      leadTimeDays,
      minOrderQuantity: minOrderQty,
      maxOrderQuantity: maxOrderQty,
      unit,
    }),
  );
  if (reason === undefined) findings.of(supplyTable).imported += 1;
  else findings.reject(supplyTable, supply, { field: 'businessEntityId', value: businessEntityId, reason });
}
