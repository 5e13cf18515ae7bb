import { formatAmount } from '#shared-kernel/money';
import { act, brokenRule } from '../act.ts';
import type { BookedProduct } from '../book/products.ts';
import { each } from '../each.ts';
import type { Fault } from '../files/table.ts';
import { products as table } from '../files/tables.ts';
import type { Run } from '../run.ts';

type Catalog = Run['system']['contexts']['catalog'];
type ProductView = Awaited<ReturnType<Catalog['queries']['listProductsByIds']>>[number];

const AT_ONCE = 8;
const ASKED_AT_ONCE = 1000;

/** Lists what is not listed yet; what cannot be listed is taken out of the book. */
export async function listProducts(run: Run, products: Map<string, BookedProduct>): Promise<void> {
  const known = await findKnown(run, [...products.values()]);
  const stage = run.progress.begin('products', products.size);
  await each([...products.values()], { atOnce: AT_ONCE, stop: run.stop }, async (product) => {
    const there = known.get(product.listing.productId);
    if (there) await leaveAsItIs(run, product, there);
    else if (!(await listNew(run, product))) products.delete(product.key);
    stage.advance();
  });
  stage.end();
}

async function findKnown(
  { system }: Run,
  products: readonly BookedProduct[],
): Promise<ReadonlyMap<string, ProductView>> {
  const { listProductsByIds } = system.contexts.catalog.queries;
  const known = new Map<string, ProductView>();
  for (let at = 0; at < products.length; at += ASKED_AT_ONCE) {
    const ids = products.slice(at, at + ASKED_AT_ONCE).map(({ listing }) => listing.productId);
    const views = await act('catalog.listProductsByIds', () => listProductsByIds({ ids }));
    for (const view of views) known.set(view.id, view);
  }
  return known;
}

async function listNew(run: Run, product: BookedProduct): Promise<boolean> {
  const { findings, system } = run;
  const { listProduct } = system.contexts.catalog.commands;
  const reason = await brokenRule('catalog.listProduct', () => listProduct(product.listing));
  if (reason !== undefined) {
    findings.reject(table, product, { field: 'productnumber', value: product.listing.sku, reason });
    return false;
  }
  await specify(run, product);
  findings.of(table).imported += 1;
  return true;
}

/** What somebody said of it since then stands; only what an import that was cut short left out is made good. */
async function leaveAsItIs(run: Run, product: BookedProduct, there: ProductView): Promise<void> {
  const { findings } = run;
  findings.of(table).alreadyThere += 1;
  if (there.specifications.length === 0) await specify(run, product);
  const difference = differenceBetween(product.listing, there);
  if (difference) findings.warn(table, product, difference);
}

async function specify({ system }: Run, { listing: { productId }, specifications }: BookedProduct): Promise<void> {
  if (specifications.length === 0) return;
  const { setSpecifications } = system.contexts.catalog.commands;
  await act('catalog.setSpecifications', () => setSpecifications({ productId, specifications: [...specifications] }));
}

/** The first field of the file that says something else than the catalogue does, and what either says. */
function differenceBetween(listing: BookedProduct['listing'], there: ProductView): Fault | undefined {
  const fields = [
    ['productnumber', listing.sku, there.sku],
    ['name', listing.name, there.name],
    ['productmodelid', listing.description, there.description],
    ['productsubcategoryid', listing.category ?? '', there.category ?? ''],
    ['listprice', priceText(listing), priceText(there)],
    ['finishedgoodsflag', String(listing.isForSale), String(there.isForSale)],
  ] as const;
  const [field, value, other] = fields.find(([, inFile, here]) => inFile !== here) ?? [];
  if (field === undefined) return undefined;
  return { field, value, reason: `is ${JSON.stringify(other)} here by now; it is left as it is` };
}

const priceText = ({ price }: Pick<ProductView, 'price'>): string => `${formatAmount(price)} ${price.currency}`;
