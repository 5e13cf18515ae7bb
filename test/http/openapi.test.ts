import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDemo } from '#app/demo/load';
import type { OpenApiDocument } from '#app/http/openapi';
import { expectNone } from '../support/expect-none.ts';
import { openMemorySystem, openPostgresSystem } from '../support/system.ts';
import { openApi, type TestApi } from './api.ts';
import { Description } from './description.ts';
import { expectSuccess, takeTour } from './tour.ts';

interface Schema {
  readonly properties: Readonly<Record<string, { readonly description?: string; readonly examples?: string[] }>>;
}

interface RequestBody {
  readonly content: { readonly 'application/json': { readonly example?: object; readonly schema: Schema } };
}

const findOthers = (names: readonly string[], known: readonly string[]) =>
  names.filter((name) => !known.includes(name));

describe('the description of the API', () => {
  let api: TestApi;
  let document: OpenApiDocument;
  beforeAll(async () => {
    api = await openApi(openMemorySystem());
    document = (await api.get('/openapi.json')).body;
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test('is OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await new Validator().validate(structuredClone(document) as never)).toMatchObject({ valid: true });
  });

  test('that breaks the rules of OpenAPI would be found', async () => {
    const broken = { ...document, paths: { '/api/x': { get: { responses: { 200: {} } } } } };
    expect(await new Validator().validate(broken as never)).toMatchObject({ valid: false });
  });

  test.each([
    ['post', '/api/catalog/products'],
    ['post', '/api/accounts/customers'],
    ['post', '/api/fulfillment/stock-receipts'],
    ['post', '/api/checkout/orders'],
    ['get', '/api/checkout/orders/{id}'],
    ['post', '/api/checkout/orders/{id}/cancel'],
    ['get', '/api/billing/invoices'],
    ['get', '/api/fulfillment/shipments'],
    ['post', '/api/fulfillment/shipments/{id}/dispatch'],
    ['post', '/api/fulfillment/shipments/{id}/deliver'],
  ])('names %s %s', (method, path) => {
    expect(document.paths[path]).toHaveProperty(method);
  });

  test('names every command and query of every context', () => {
    const { contexts } = api.system;
    const operations = Object.entries(contexts).flatMap(([context, { commands, queries }]) =>
      [...Object.keys(commands), ...Object.keys(queries)].map((name) => `${context}.${name}`),
    );
    const unoffered = ['accounts.verifyPassword'];
    const described = [...api.description.operations, ...unoffered];
    expectNone('offer this in app/http/contexts', findOthers(operations, described));
    expectNone('this is described, but its context has no such command or query', findOthers(described, operations));
    expect(described.length, 'an operation is described twice').toBe(operations.length);
  });

  test('says of every POST that it takes an Idempotency-Key, and of every operation what failures look like', () => {
    for (const [path, item] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        const parameters = JSON.stringify(operation.parameters);
        expect([path, method, parameters.includes('Idempotency-Key')]).toEqual([path, method, method === 'post']);
        expect([path, parameters.includes('X-Correlation-Id')]).toEqual([path, true]);
        expect(operation.responses).toMatchObject({ 400: { $ref: '#/components/responses/400' }, default: {} });
      }
    }
    expect(document.components.responses).toHaveProperty('default.content.application/problem+json');
  });

  test('says what the fields of a list mean', () => {
    const { parameters } = document.paths['/api/checkout/orders']!.get as { parameters: { name: string }[] };
    const described = parameters.filter((parameter) => 'description' in parameter).map(({ name }) => name);
    expect(described).toEqual(expect.arrayContaining(['limit', 'after']));
  });

  test.each(['orders', 'carts/{id}/order', 'recorded-orders'])(
    'says which payment tokens %s can be tried with',
    (path) => {
      const { post } = document.paths[`/api/checkout/${path}`]!;
      const { schema } = (post!.requestBody as RequestBody).content['application/json'];
      const { description, examples } = schema.properties.paymentToken!;
      expect(examples).toEqual(expect.arrayContaining(['tok_approve', 'tok_decline', 'tok_fail_once']));
      for (const token of examples!) expect(description).toMatch(new RegExp(`\`${token}\` (is|fails) `));
      expect(description).toContain('sandbox');
    },
  );

  test('says how large a body may be, and of which type', () => {
    const { responses } = document.paths['/api/checkout/orders']!.post!;
    expect(responses).toMatchObject({
      413: { $ref: '#/components/responses/413' },
      415: { $ref: '#/components/responses/415' },
    });
    expect(document.components.responses).toMatchObject({
      413: { description: 'The body is larger than 1 MiB.' },
      415: { description: 'The body is not application/json.' },
    });
  });

  test('shows a password as one', () => {
    const schema = JSON.stringify(document.paths['/api/accounts/customers/{id}/password']);
    expect(schema.match(/"format":"password"/g)).toHaveLength(2);
    const fields = [...JSON.stringify(document).matchAll(/"(\w*password\w*)":\{([^}]*)\}/gi)];
    expect(fields.length).toBeGreaterThan(2);
    for (const [, name, field] of fields)
      expect([name, field]).toEqual([name, expect.stringContaining('"format":"password"')]);
  });

  test('has examples that work as soon as the demo is there', async () => {
    await using running = await openApi(openMemorySystem(), { isRunning: true });
    const stop = new AbortController();
    const delivering = running.system.run(stop.signal);
    await loadDemo(running.system, true);
    const tried = [];
    for (const [url, { post }] of Object.entries(document.paths)) {
      const { example } = (post?.requestBody as RequestBody | undefined)?.content['application/json'] ?? {};
      if (!example) continue;
      const answer = await running.post(url, example);
      tried.push([url, answer.status]);
    }
    stop.abort();
    await delivering;
    expect(tried).toEqual(
      [
        'accounts/customers',
        'catalog/products',
        'checkout/orders',
        'fulfillment/warehouses',
        'fulfillment/stock-receipts',
      ].map((path) => [`/api/${path}`, 201]),
    );
  });

  test('that tells an untruth would be found', async () => {
    const { body } = await api.get('/api/checkout/orders');
    const exchange = { method: 'GET', url: '/api/checkout/orders', sent: undefined, status: 200, correlationId: 'x' };
    const description = new Description(document);
    const untruths = (answer: unknown, more: object = {}) =>
      description.untruthsIn({ ...exchange, contentType: 'application/json', answer, ...more }).join();
    expect(untruths(body)).toBe('');
    expect(untruths({ ...body, next: 1 })).toContain('/next must be string');
    expect(untruths({ items: [{}], next: null })).toContain('must have required property');
    expect(untruths(body, { status: 201 })).toContain('is not described');
    expect(untruths(body, { contentType: 'text/plain' })).toContain('text/plain, not application/json');
    expect(untruths(body, { correlationId: undefined })).toContain('correlation id');
    expect(untruths(body, { status: 404 })).toContain('not application/problem+json');
  });

  test('can be read by people, from this server alone', async () => {
    const page = await api.get('/docs');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    const assets = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
    expect(assets.length).toBeGreaterThan(4);
    for (const url of assets) expect([url, (await api.get(url)).status]).toEqual([url, 200]);
    expect(page.body).not.toMatch(/<script>|<style>|style="|onload=/);
    const initializer = (await api.get('/docs/static/swagger-initializer.js')).body;
    expect(initializer).toContain('validatorUrl: null');
    expect((await api.get('/docs/json')).body).toEqual(document);
    expect(page.headers['content-security-policy']).toBe(
      "default-src 'none';script-src 'self';style-src 'self' 'unsafe-inline';img-src 'self' data:;connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    );
  });
});

describe.each([
  ['in memory', openMemorySystem],
  ['on PostgreSQL', openPostgresSystem],
])('every operation, %s,', (_where, openSystem) => {
  test('takes and answers what the description says', async () => {
    await using api = await openApi(openSystem());
    await takeTour(api, async (step) => {
      const { method, url, body } = step;
      const answer = await api.ask({ method, url, ...(body && { payload: body }) });
      expectSuccess(step, answer);
      return answer;
    });
    expectNone(
      'ask for this in test/http/tour.ts, so that it succeeds',
      findOthers(api.description.operations, [...api.description.succeeded]),
    );
  });
});
