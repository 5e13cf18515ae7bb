import { productIdOf } from '../names.ts';
import type { Findings } from '../findings.ts';
import { categories, descriptions, models, products, subcategories, translations } from '../files/tables.ts';
import type { Row } from '../files/table.ts';
import { goodRows, lookUpTable, missing, rowsByKey, type Source } from './reader.ts';

type ProductRow = Row<typeof products.schema>;

export interface BookedProduct {
  readonly line: number;
  readonly key: string;
  readonly listing: ReturnType<typeof toListing>;
  readonly specifications: readonly { readonly name: string; readonly value: string; readonly unit: string | null }[];
}

/** Everything that products are described by. */
type Descriptions = Awaited<ReturnType<typeof readDescriptions>>;

/** Every product, by the number the files know it by. */
export async function readProducts(source: Source): Promise<Map<string, BookedProduct>> {
  const described = await readDescriptions(source);
  const rows = await rowsByKey(source, products, { by: 'productid' });
  return new Map(
    [...rows].map(([key, row]) => {
      warnOfGaps(source.findings, row, described);
      const { line } = row;
      return [key, { line, key, listing: toListing(row, described), specifications: toSpecifications(row, described) }];
    }),
  );
}

async function readDescriptions(source: Source) {
  const english = new Map<string, string>();
  const names = await lookUpTable(source, models, { by: 'id' });
  const texts = await lookUpTable(source, descriptions, { by: 'id' });
  for await (const { modelId, descriptionId, culture, line } of goodRows(source, translations)) {
    const text = texts.get(descriptionId)?.text;
    if (text === undefined)
      source.findings.reject(translations, { line }, missing('descriptionId', descriptionId, descriptions));
    else if (culture === 'en') {
      english.set(modelId, text);
      source.findings.of(translations).lookedUp += 1;
    } else source.findings.of(translations).leftOut += 1;
  }
  const groups = await lookUpTable(source, categories, { by: 'productcategoryid' });
  const subgroups = await lookUpTable(source, subcategories, { by: 'productsubcategoryid' });
  const categoryNames = new Map(
    [...subgroups].map(([key, { name, productcategoryid }]) => {
      const group = groups.get(productcategoryid)?.name;
      return [key, group === undefined ? name : `${group} / ${name}`];
    }),
  );
  return { english, models: names, categories: categoryNames };
}

function warnOfGaps(
  findings: Findings,
  row: ProductRow,
  { categories: known, models: knownModels }: Descriptions,
): void {
  const { productsubcategoryid: category, productmodelid: model } = row;
  const faults = [
    ...(category !== null && !known.has(category) ? [missing('productsubcategoryid', category, subcategories)] : []),
    ...(model !== null && !knownModels.has(model) ? [missing('productmodelid', model, models)] : []),
  ];
  if (faults.length > 0) findings.warn(products, row, ...faults);
}

/** What is finished is for sale; the rest is built in. */
const toListing = (row: ProductRow, { english, categories: known }: Descriptions) => ({
  productId: productIdOf(row.productid),
  sku: row.productnumber,
  name: row.name,
  description: english.get(row.productmodelid ?? '') ?? '',
  category: known.get(row.productsubcategoryid ?? '') ?? null,
  price: row.listprice,
  taxClass: 'standard' as const,
  isForSale: row.finishedgoodsflag,
});

const CLASSES: Readonly<Record<string, string>> = { H: 'high', M: 'medium', L: 'low' };
const LINES: Readonly<Record<string, string>> = { R: 'road', M: 'mountain', T: 'touring', S: 'standard' };

function toSpecifications(row: ProductRow, { models: known }: Descriptions): BookedProduct['specifications'] {
  const specifications = [
    { name: 'Model', value: known.get(row.productmodelid ?? '')?.name ?? null, unit: null },
    { name: 'Line', value: row.productline && (LINES[row.productline] ?? row.productline), unit: null },
    { name: 'Class', value: row.class && (CLASSES[row.class] ?? row.class), unit: null },
    { name: 'Colour', value: row.color, unit: null },
    { name: 'Weight', value: row.weight, unit: row.weightunitmeasurecode },
  ];
  return specifications.flatMap(({ value, ...rest }) => (value === null ? [] : [{ ...rest, value }]));
}
