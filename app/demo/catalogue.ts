/** What microlith motors builds and buys: small enough to read, deep enough to explode a parts list. */
interface DemoProduct {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  /** US dollars. */
  readonly price: string;
  readonly isForSale: boolean;
  readonly stock: number;
  readonly parts?: Readonly<Record<string, number>>;
}

export const demoProducts: readonly DemoProduct[] = [
  car('ML-ROADSTER', 'Roadster', 'Two seats, no roof, one exhaust too many.', '41990.00', 25),
  car('ML-ESTATE', 'Estate', 'Room for five, a dog and a canoe.', '36490.00', 40),
  car('ML-VAN', 'Van', 'Carries what the estate cannot.', '44250.00', 15),
  accessory('ML-ROOFBOX', 'Roof box', 'Four hundred litres, locks on both sides.', '489.90', 200),
  accessory('ML-WINTERSET', 'Winter wheels', 'Four wheels with winter tyres.', '1299.00', 80),
  accessory('ML-FLOORMAT', 'Floor mats', 'A set of four, grey.', '79.5000', 500),
  part('ML-CHASSIS', 'Chassis', '6200.00', 60, { 'ML-BEAM': 14, 'ML-BOLT-M10': 220 }),
  part('ML-ENGINE', 'Engine', '5400.00', 50, { 'ML-BLOCK': 1, 'ML-PISTON': 4, 'ML-BOLT-M10': 48 }),
  part('ML-WHEEL', 'Wheel', '180.00', 400, { 'ML-RIM': 1, 'ML-TYRE': 1, 'ML-BOLT-M10': 5 }),
  part('ML-BEAM', 'Steel beam', '74.00', 2_000),
  part('ML-BLOCK', 'Engine block', '1900.00', 70),
  part('ML-PISTON', 'Piston', '61.25', 900),
  part('ML-RIM', 'Rim', '85.00', 600),
  part('ML-TYRE', 'Tyre', '70.00', 800),
  part('ML-BOLT-M10', 'Bolt M10', '0.1225', 90_000),
];

export const demoSuppliers = [
  { name: 'Northern Steel', accountNumber: 'NST-001', supplies: { 'ML-BEAM': '58.00', 'ML-BOLT-M10': '0.0850' } },
  { name: 'Piston & Sons', accountNumber: 'PIS-001', supplies: { 'ML-PISTON': '44.90', 'ML-BLOCK': '1490.00' } },
  { name: 'Round Things', accountNumber: 'RND-001', supplies: { 'ML-RIM': '61.00', 'ML-TYRE': '49.90' } },
] as const;

export const demoCustomers = [
  { name: 'Ada Lovelace', email: 'ada@example.com', language: 'en' },
  { name: 'Karl Benz', email: 'karl@example.com', language: 'de' },
  { name: 'Soichiro Honda', email: 'soichiro@example.com', language: 'ja' },
] as const;

export const demoWarehouses = ['Hamburg', 'Lyon'] as const;

function car(sku: string, name: string, description: string, price: string, stock: number): DemoProduct {
  const parts = { 'ML-CHASSIS': 1, 'ML-ENGINE': 1, 'ML-WHEEL': 4 };
  return { sku, name, description, category: 'Cars', price, isForSale: true, stock, parts };
}

function accessory(sku: string, name: string, description: string, price: string, stock: number): DemoProduct {
  return { sku, name, description, category: 'Accessories', price, isForSale: true, stock };
}

function part(
  sku: string,
  name: string,
  price: string,
  stock: number,
  parts?: Readonly<Record<string, number>>,
): DemoProduct {
  return { sku, name, description: '', category: 'Parts', price, isForSale: false, stock, ...(parts && { parts }) };
}
