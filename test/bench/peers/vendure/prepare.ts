import { writeFile } from 'node:fs/promises';
import { config, load, settings } from './config.ts';

interface App {
  close(): Promise<void>;
}

interface Core {
  readonly bootstrap: (config: object) => Promise<App>;
}

interface Cli {
  readonly populate: (bootstrap: () => Promise<App>, initialData: object, productsCsv: string) => Promise<App>;
}

const HEAD =
  'name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets';

const INITIAL_DATA = {
  defaultLanguage: 'en',
  defaultZone: 'Europe',
  countries: [{ code: 'GB', name: 'United Kingdom', zone: 'Europe' }],
  taxRates: [{ name: 'Standard Tax', percentage: 20 }],
  shippingMethods: [{ name: 'Standard Shipping', price: 500 }],
  paymentMethods: [
    {
      name: 'dummy',
      handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] },
    },
  ],
  collections: [],
};

const { bootstrap } = await load<Core>('@vendure/core');
const { populate } = await load<Cli>('@vendure/core/cli/index.js');

const rows = settings.goods.map(({ sku, name, price, pieces }) =>
  [name, sku.toLowerCase(), '', '', '', '', '', sku, price, 'standard', pieces, 'true', '', ''].join(','),
);
const csv = `${settings.mail}/../products.csv`;
await writeFile(csv, [HEAD, ...rows, ''].join('\n'));

const withTables = { ...config, dbConnectionOptions: { ...config.dbConnectionOptions, synchronize: true } };
const app = await populate(() => bootstrap(withTables), INITIAL_DATA, csv);
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.send!(0);
