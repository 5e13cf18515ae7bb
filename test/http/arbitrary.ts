import fc from 'fast-check';

/** As much of JSON Schema as the description of the API uses. */
export interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** The ids of what exists, by the name that its collection has in a URL: `products`, `orders`. */
export type Things = ReadonlyMap<string, ReadonlySet<string>>;

const COLLECTIONS: Readonly<Record<string, string>> = {
  productId: 'products',
  customerId: 'customers',
  supplierId: 'suppliers',
  warehouseId: 'warehouses',
  from: 'warehouses',
  to: 'warehouses',
  orderId: 'orders',
};

const NASTY_TEXTS = ['', ' ', '\0', '\ud800', '__proto__', '<script>', "'; drop table x; --", '𝕊𝓞𝓢', 'ﷺ'.repeat(60)];
const NASTY_FORMS = [
  '-1',
  '-99999999999.9999',
  '0.00001',
  '1e3',
  '1',
  'de',
  'ada@',
  '0000-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
];
const NASTY_NUMBERS = [0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e21];
const NASTY = [
  ...NASTY_TEXTS,
  ...NASTY_FORMS,
  ...NASTY_NUMBERS,
  null,
  true,
  [],
  [[]],
  {},
  { amount: '1', currency: 'USD' },
];

/** Makes values for schemas; one part in `oddity` is not what its schema says. */
export class Values {
  readonly #things: Things;
  readonly #oddity: number;

  constructor(things: Things, oddity: number) {
    this.#things = things;
    this.#oddity = oddity;
  }

  of(schema: JsonSchema, name = ''): fc.Arbitrary<unknown> {
    return this.#mostly(
      this.#allowed(schema, name),
      fc.oneof(fc.constantFrom(...NASTY), fc.jsonValue({ maxDepth: 3 })),
    );
  }

  /** The id of something in a collection. */
  idOf(collection: string | undefined): fc.Arbitrary<string> {
    const everything = [...this.#things.values()].flatMap((ids) => [...ids]);
    const own = [...((collection && this.#things.get(collection)) || everything)];
    return fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...own) }, fc.constantFrom(...everything), fc.uuid());
  }

  #mostly<Value>(usual: fc.Arbitrary<Value>, odd: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
    if (this.#oddity === Number.POSITIVE_INFINITY) return usual;
    return fc.oneof({ weight: this.#oddity - 1, arbitrary: usual }, { weight: 1, arbitrary: odd });
  }

  #allowed(schema: JsonSchema, name: string): fc.Arbitrary<unknown> {
    if (schema.enum) return fc.constantFrom(...schema.enum);
    if ('const' in schema) return fc.constant(schema.const);
    if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => this.of(one, name)));
    switch (schema.type) {
      case 'object':
        return this.#fields(schema);
      case 'array':
        return fc.array(this.of(schema.items!, name), { minLength: schema.minItems ?? 0, maxLength: 4 });
      case 'integer':
        return integers(schema);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'string':
        return schema.format === 'uuid' ? this.idOf(COLLECTIONS[name]) : texts(schema);
      default:
        throw new Error(`no values are known for ${JSON.stringify(schema)}`);
    }
  }

  #fields({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
    const values = Object.entries(properties).map(([name, field]) => [name, this.of(field, name)]);
    const known = fc.record(Object.fromEntries(values) as Record<string, fc.Arbitrary<unknown>>, {
      requiredKeys: [...required],
    });
    const more = fc.tuple(known, fc.string(), fc.jsonValue({ maxDepth: 1 }));
    return this.#mostly(
      known,
      more.map(([some, name, value]) => Object.assign(some, { [name]: value })),
    );
  }
}

const integers = ({ minimum = -1e6, maximum = 1e6 }: JsonSchema) =>
  fc.oneof(fc.integer({ min: minimum, max: Math.min(maximum, minimum + 9) }), fc.constantFrom(minimum, maximum));

const fresh = (max: number, suffix = '') => fc.uuid().map((id) => id.slice(0, max) + suffix);

const LIKE: readonly (readonly [example: string, values: fc.Arbitrary<string>])[] = [
  ['19.99', fc.constantFrom('19.99', '5', '0', '0.0001', '99999999999.9999')],
  ['0.15', fc.constantFrom('0.15', '0', '0.9999')],
  ['USD', fc.constantFrom('USD', 'USD', 'USD', 'USD', 'USD', 'USD', 'EUR', 'XXX')],
  ['DE', fc.constantFrom('DE', 'GB', 'ZZ')],
  ['en', fc.constantFrom('en', 'de-CH')],
  ['ML-BOLT', fc.oneof(fresh(36), fc.constantFrom('ROADSTER', 'BOLT', 'x'.repeat(64)))],
  ['ada@example.com', fc.oneof(fresh(36, '@example.com'), fc.constantFrom('ada@example.com', 'KARL@EXAMPLE.COM'))],
  [
    '2014-06-30T00:00:00Z',
    fc.constantFrom('2014-06-30T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z'),
  ],
];

function texts({ pattern, minLength = 0, maxLength = 100 }: JsonSchema): fc.Arbitrary<string> {
  if (pattern === undefined) {
    const shortest = fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 8), unit: 'grapheme' });
    return fc.oneof({ weight: 5, arbitrary: shortest }, fc.constantFrom('y'.repeat(maxLength), 'y'.repeat(minLength)));
  }
  const fitting = LIKE.find(([example]) => new RegExp(pattern).test(example));
  if (!fitting) throw new Error(`no texts are known like ${pattern}`);
  return fitting[1];
}
