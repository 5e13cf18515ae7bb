import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shipTo } from '../support/address.ts';
import { openMemorySystem } from '../support/system.ts';
import { type Answer, openApi, type Request, type TestApi } from './api.ts';
import { openShop, product, type Shop } from './shop.ts';

let api: TestApi;
let shop: Shop;
beforeAll(async () => {
  api = await openApi(openMemorySystem());
  shop = await openShop(api);
});
afterAll(() => api[Symbol.asyncDispose]());

/** A request that must be refused. It must have stored nothing, and must not be taken for a fault of ours. */
async function refusal(request: Request): Promise<Answer> {
  const before = await api.system.backbone.findEnd();
  const answer = await api.ask(request);
  expect([answer.status, answer.headers['content-type']]).toEqual([expect.any(Number), 'application/problem+json']);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.body).toMatchObject({ status: answer.status, correlationId: answer.headers['x-correlation-id'] });
  expect(await api.system.backbone.findEnd()).toBe(before);
  expect((await api.get('/api/checkout/orders')).body.items).toEqual([]);
  return answer;
}

const post = (url: string, payload: object | string | Buffer, contentType = 'application/json'): Request => ({
  method: 'POST',
  url,
  payload,
  headers: { 'content-type': contentType },
});

const ORDERS = '/api/checkout/orders';
const PRODUCTS = '/api/catalog/products';

const badFields = ({ body }: Answer): string[] =>
  (body.errors as { in: string; path: string }[]).map(({ in: place, path }) => `${place} ${path}`);

/** The bad fields of an order that would be a good one but for these. */
const badFieldsOfOrder = async (more: object): Promise<string[]> => {
  const answer = await refusal(post(ORDERS, shop.orderOf(1, more)));
  expect([answer.status, answer.body.code]).toEqual([400, 'http.invalid-input']);
  return badFields(answer);
};

/** An order as JSON, with a piece of text in place of its quantity. */
const orderWith = (quantity: string): string => JSON.stringify(shop.orderOf(4711)).replace('4711', quantity);

describe('a field that is not of the operation is refused', () => {
  test('in the body, at any depth', async () => {
    expect(await badFieldsOfOrder({ colour: 'red' })).toEqual(['body colour']);
    expect(await badFieldsOfOrder({ shipTo: { ...shipTo, floor: 3 } })).toEqual(['body shipTo.floor']);
    const lines = [{ productId: shop.productId, quantity: 1, unitPrice: { amount: '0.01', currency: 'USD' } }];
    expect(await badFieldsOfOrder({ lines })).toEqual(['body lines[0].unitPrice']);
  });

  test('in the query', async () => {
    expect(badFields(await refusal({ url: `${ORDERS}?colour=red` }))).toEqual(['query colour']);
    expect(badFields(await refusal({ url: `${ORDERS}?__proto__=1` }))).toEqual(['query __proto__']);
    expect(badFields(await refusal({ url: `${ORDERS}/${randomUUID()}?limit=1` }))).toEqual(['query limit']);
    expect(badFields(await refusal(post(`${ORDERS}?dry=1`, shop.orderOf(1))))).toEqual(['query dry']);
  });

  test('where it stands in the path already', async () => {
    const id = randomUUID();
    expect(badFields(await refusal(post(`${ORDERS}/${id}/cancel`, { orderId: id })))).toEqual(['body orderId']);
    expect(badFields(await refusal(post(`${ORDERS}/${id}/cancel`, { id })))).toEqual(['body id']);
  });

  test('in a body that an operation does not have', async () => {
    const url = `/api/checkout/carts/${randomUUID()}/lines/${randomUUID()}`;
    expect(badFields(await refusal({ method: 'DELETE', url, payload: { reason: 'none' } }))).toEqual(['body reason']);
  });
});

describe('text that no database keeps is refused', () => {
  test.each([
    ['a NUL byte', '\\u0000'],
    ['a high surrogate alone', '\\ud800'],
    ['a low surrogate alone', '\\udc00x'],
  ])('in a value: %s', async (_what, escape) => {
    const order = JSON.stringify(shop.orderOf(1)).replace('Ada Lovelace', `Ada ${escape}`);
    expect(badFields(await refusal(post(ORDERS, order)))).toEqual(['body shipTo.recipient']);
  });

  test('in the name of a field', async () => {
    expect(badFields(await refusal(post(ORDERS, '{"a\\u0000b":1}')))).toEqual(['body a\0b']);
  });

  test('in a query', async () => {
    expect(badFields(await refusal({ url: `${PRODUCTS}?q=road%00ster` }))).toEqual(['query q']);
    expect(badFields(await refusal({ url: `${PRODUCTS}?q=%ED%A0%80` }))).toEqual(['query ']);
    expect(badFields(await refusal({ url: `${PRODUCTS}?q=%FF` }))).toEqual(['query ']);
  });

  test('in a path', async () => {
    expect(badFields(await refusal({ url: `${ORDERS}/%00` }))).toEqual(['path id']);
    expect((await refusal({ url: `${ORDERS}/%FF` })).body.code).toBe('http.unreadable-url');
  });

  test.each([
    ['a raw NUL byte', Buffer.from('{"a":"\0"}')],
    ['a byte that begins nothing', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ])('as bytes that are not JSON in UTF-8: %s', async (_what, bytes) => {
    expect(await refusal(post(ORDERS, bytes))).toMatchObject({ status: 400, body: { code: 'http.unreadable-body' } });
  });
});

describe('a number is refused', () => {
  test.each([
    '1e400',
    '-1e400',
    '9007199254740993',
    '1.0000000000000000000001',
    '1e-400',
    '-0',
    '1.5',
    '-1',
    '0',
    '1000001',
  ])('as a quantity: %s', async (quantity) => {
    expect(badFields(await refusal(post(ORDERS, orderWith(quantity))))).toEqual(['body lines[0].quantity']);
  });

  test.each(['0', '101', '1.5', '-1', 'ten', '1e400', ''])('as a limit: %j', async (limit) => {
    const { body } = await refusal({ url: `${ORDERS}?limit=${limit}` });
    const message = 'must be a whole number from 1 to 100';
    expect(body.errors).toEqual([{ in: 'query', path: 'limit', message }]);
  });

  test.each(['1,5', '1e3', '-1', '0.00001', '123456789012', 'NaN', ' 1'])('as a price: %j', async (amount) => {
    const price = { amount, currency: 'USD' };
    expect(badFields(await refusal(post(PRODUCTS, { ...product, sku: 'X', price })))).toEqual(['body price.amount']);
  });
});

describe('a value of the wrong kind is refused', () => {
  test.each([
    ['customerId', 'CUSTOMER', 'body customerId'],
    ['customerId', 7, 'body customerId'],
    ['customerId', null, 'body customerId'],
    ['lines', {}, 'body lines'],
    ['lines', [], 'body lines'],
    ['lines', [null], 'body lines[0]'],
    ['shipTo', 'London', 'body shipTo'],
    ['paymentToken', ['tok_approve'], 'body paymentToken'],
    ['paymentToken', '   ', 'body paymentToken'],
    ['paymentToken', 'x'.repeat(201), 'body paymentToken'],
  ])('%s: %j', async (name, value, bad) => {
    expect(await badFieldsOfOrder({ [name]: value })).toEqual([bad]);
  });

  test('with every bad field named at once', async () => {
    const { body } = await refusal(post(ORDERS, { lines: [{ quantity: 'two' }], colour: 'red' }));
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { in: 'body', path: 'customerId', message: 'is missing' },
        { in: 'body', path: 'lines[0].productId', message: 'is missing' },
        { in: 'body', path: 'lines[0].quantity', message: 'must be a number' },
        { in: 'body', path: 'shipTo', message: 'is missing' },
        { in: 'body', path: 'colour', message: 'is not a field of this operation' },
      ]),
    );
  });

  test('by its rule, where there are several kinds it may be of', async () => {
    const { body } = await refusal(post(PRODUCTS, { ...product, sku: 'X', description: 'x'.repeat(4001) }));
    expect(body.errors).toEqual([{ in: 'body', path: 'description', message: 'must have at most 4000 characters' }]);
  });

  test.each([
    [{ lines: [{ quantity: 1e20 }] }, 'lines[0].quantity', 'must be at most 1000000'],
    [{ lines: [{ quantity: 0 }] }, 'lines[0].quantity', 'must be at least 1'],
    [{ lines: [{ quantity: 1.5 }] }, 'lines[0].quantity', 'must be a whole number'],
    [{ lines: [] }, 'lines', 'must not be empty'],
    [{ lines: {} }, 'lines', 'must be a list'],
    [{ customerId: 'me' }, 'customerId', 'must be a UUID'],
    [{ paymentToken: ' ' }, 'paymentToken', 'must not be empty'],
    [{ shipTo: null }, 'shipTo', 'must be an object'],
    [{ shipTo: { ...shipTo, country: 7 } }, 'shipTo.country', 'must be a text'],
  ])('in one plain sentence: %j', async (mistake, path, message) => {
    const { errors } = (await refusal(post(ORDERS, shop.orderOf(1, mistake)))).body;
    expect(errors.filter((error: { path: string }) => error.path === path)).toEqual([{ in: 'body', path, message }]);
  });

  test.each([
    [{ price: { amount: '1.00', currency: 'US' } }, 'price.currency', 'must be an ISO 4217 currency code such as USD'],
    [{ price: { amount: '1.00', currency: 'ABC' } }, 'price.currency', 'is not an active ISO 4217 currency code'],
    [
      { price: { amount: '100000000000', currency: 'USD' } },
      'price.amount',
      'must have at most eleven digits before the point',
    ],
    [
      { price: { amount: '1e3', currency: 'USD' } },
      'price.amount',
      'must be a decimal of at most four places, as a string: "19.99"',
    ],
    [{ taxClass: 'none' }, 'taxClass', 'must be standard or reduced or exempt'],
    [{ isForSale: 'yes' }, 'isForSale', 'must be true or false'],
    [{ category: 7 }, 'category', 'must be a text'],
  ])('of a product, in one plain sentence: %j', async (mistake, path, message) => {
    const { errors } = (await refusal(post(PRODUCTS, { ...product, sku: 'X', ...mistake }))).body;
    expect(errors).toEqual([{ in: 'body', path, message }]);
  });

  test('as a cursor', async () => {
    expect(badFields(await refusal({ url: `${ORDERS}?after=next` }))).toEqual(['query after']);
    expect(badFields(await refusal({ url: `${ORDERS}?after=${randomUUID()}&after=${randomUUID()}` }))).toEqual([
      'query after',
    ]);
  });

  test('as a header', async () => {
    const named = { url: ORDERS, headers: { 'x-correlation-id': 'mine' } };
    expect(badFields(await refusal(named))).toEqual(['header X-Correlation-Id']);
  });
});

describe('a body is refused', () => {
  test.each([
    ['that is missing', ''],
    ['of null', 'null'],
    ['of a list', '[]'],
    ['of a text', '"order"'],
    ['of a number', '7'],
  ])('%s, by what it must be', async (_what, body) => {
    const { errors } = (await refusal(post(ORDERS, body))).body;
    expect(errors).toEqual([{ in: 'body', path: '', message: expect.stringContaining('must be a JSON object') }]);
  });

  test('that there is none of', async () => {
    const { errors } = (await refusal({ method: 'POST', url: ORDERS })).body;
    expect(errors).toEqual([{ in: 'body', path: '', message: 'is missing: it must be a JSON object' }]);
  });

  test.each(['{', '{"a":1,}', "{'a':1}", '{"a":1}{"b":2}', 'customerId=1', '{"a":NaN}', '{"a":01}'])(
    'that is not JSON: %s',
    async (body) => {
      expect(await refusal(post(ORDERS, body))).toMatchObject({ status: 400, body: { code: 'http.unreadable-body' } });
    },
  );

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense', ''])(
    'of another type: %j',
    async (contentType) => {
      const answer = await refusal(post(ORDERS, JSON.stringify(shop.orderOf(1)), contentType));
      const detail = 'Content-Type must be application/json';
      expect(answer).toMatchObject({ status: 415, body: { code: 'http.body-not-json', detail } });
    },
  );

  test('that is compressed', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const answer = await refusal({ method: 'POST', url: ORDERS, payload: shop.orderOf(1), headers });
    expect(badFields(answer)).toEqual(['header Content-Encoding']);
  });

  test('that names a field twice', async () => {
    expect(badFields(await refusal(post(ORDERS, orderWith('1,"quantity":2'))))).toEqual(['body lines[0].quantity']);
  });

  test.each(['__proto__', '\\u005f\\u005fproto__'])(
    'that reaches for the prototype of all things: %s',
    async (name) => {
      const answer = await refusal(post(ORDERS, orderWith(`1,"${name}":{"isAdmin":true}`)));
      expect(badFields(answer)).toEqual(['body lines[0].__proto__']);
      expect({}).not.toHaveProperty('isAdmin');
    },
  );

  test.each(['constructor', 'toString', 'hasOwnProperty'])(
    'with a field called like one that all things have: %s',
    async (name) => {
      expect(await badFieldsOfOrder({ [name]: { prototype: {} } })).toEqual([`body ${name}`]);
    },
  );

  test.each([
    ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)],
    ['lists in a field', orderWithin('['.repeat(5_000) + ']'.repeat(5_000))],
  ])('that is nested very deeply: %s', async (_what, body) => {
    const { errors } = (await refusal(post(ORDERS, body))).body;
    expect(errors).toEqual([{ in: 'body', path: '', message: 'is nested deeper than 64 levels' }]);
  });

  test('of more than 1 MiB', async () => {
    const body = JSON.stringify(shop.orderOf(1, { paymentToken: 'x'.repeat(1024 * 1024) }));
    const detail = 'a body may have at most 1048576 bytes (1 MiB)';
    expect(await refusal(post(ORDERS, body))).toMatchObject({
      status: 413,
      body: { code: 'http.body-too-large', detail },
    });
  });

  test('of very many mistakes with a bounded answer', async () => {
    const { errors } = (await refusal(post(ORDERS, `[${'"\\u0000",'.repeat(50_000)}1]`))).body;
    expect(errors).toHaveLength(100);
  });
});

function orderWithin(value: string): string {
  return `{"lines":${value}}`;
}

describe('an id', () => {
  test('in capitals is the same id', async () => {
    const { body } = await api.get(`${PRODUCTS}/${shop.productId.toUpperCase()}`);
    expect(body.id).toBe(shop.productId);
  });

  test('of nothing is answered by 404', async () => {
    const answer = await refusal({ url: `${ORDERS}/${randomUUID()}` });
    expect(answer).toMatchObject({ status: 404, body: { code: 'checkout.order-not-found' } });
  });

  test('of another shape is refused', async () => {
    for (const id of ['1', 'x'.repeat(100), randomUUID().slice(1), `{${randomUUID()}}`])
      expect(badFields(await refusal({ url: `${ORDERS}/${encodeURIComponent(id)}` }))).toEqual(['path id']);
  });
});

describe('a URL', () => {
  test('that leads nowhere is answered by 404', async () => {
    for (const url of ['/', '/api', '/api/checkout', '/api/checkout/nothing', '/docs/nothing'])
      expect(await refusal({ url })).toMatchObject({ status: 404, body: { code: 'http.no-such-operation' } });
  });

  test('with a very long part is refused', async () => {
    const { status, body } = await refusal({ url: `${ORDERS}/${'a'.repeat(5_000)}` });
    expect([status, body.code]).toEqual([414, 'http.url-too-long']);
    expect(body.detail.length).toBeLessThanOrEqual(200);
  });

  test.each(['PUT', 'PATCH', 'DELETE', 'TRACE'] as const)(
    'does not answer to %s where it has no such method',
    async (method) => {
      const answer = await refusal({ method, url: ORDERS, payload: 'not even JSON' });
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS, POST' } });
      expect(answer.body.code).toBe('http.method-not-allowed');
    },
  );

  test('says which methods it has', async () => {
    const answer = await api.ask({ method: 'OPTIONS', url: `${ORDERS}/${randomUUID()}/cancel` });
    expect(answer).toMatchObject({ status: 204, headers: { allow: 'OPTIONS, POST' } });
  });

  test('that can be read answers to HEAD as to GET, without a body', async () => {
    const url = `${PRODUCTS}/${shop.productId}`;
    const [head, got] = [await api.ask({ method: 'HEAD', url }), await api.get(url)];
    expect([head.status, head.body, head.headers['content-type']]).toEqual([200, '', got.headers['content-type']]);
  });
});
