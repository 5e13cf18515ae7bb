import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpenApiDocument } from '#app/http/openapi';
import { openMemorySystem, openPostgresSystem, type TestSystemOptions } from '../support/system.ts';
import { type Answer, openApi, type TestApi } from './api.ts';
import { type JsonSchema, type Things, Values } from './arbitrary.ts';
import { person, product } from './shop.ts';
import { type Step, takeTour } from './tour.ts';

const SEED = 20_261_120;

interface RandomRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly body: unknown;
}

describe.each([
  ['in memory', openMemorySystem, 300],
  ['on PostgreSQL', openPostgresSystem, 200],
])('whatever is sent, %s,', (_where, openSystem, numRuns) => {
  test('is done or refused, never failed at, and breaks nothing behind it', async () => {
    const parked: unknown[] = [];
    const options: TestSystemOptions = { observer: { parked: (report) => void parked.push(report) } };
    await using api = await openApi(openSystem(options));
    const things = await thingsThatExist(api);
    const document: OpenApiDocument = (await api.get('/openapi.json')).body;
    const statuses = new Map<number, number>();
    const holds = fc.asyncProperty(requestsOf(document, things), async ({ method, url, body }) => {
      const payload = JSON.stringify(body) ?? '';
      const answer = await api.ask({ method, url, payload, headers: { 'content-type': 'application/json' } });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      expectDoneOrRefused(answer);
      const isAllowed = api.description.allows({ method, url, sent: body });
      expect([method, url, body, isAllowed]).toEqual([method, url, body, answer.status < 300 ? true : isAllowed]);
    });
    await fc.assert(holds, { seed: SEED, numRuns, endOnFailure: true });
    await api.system.drain();
    expect(parked).toEqual([]);
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([201, 204, 400, 404, 422]));
  });
});

function expectDoneOrRefused({ status, headers, body }: Answer): void {
  expect([status, body]).toEqual([expect.toSatisfy((code: number) => code < 500), body]);
  if (status < 400) return;
  expect(headers['content-type']).toBe('application/problem+json');
  expect(body).toMatchObject({ status, code: expect.stringMatching(/^[a-z]+\.[a-z-]+$/) });
  for (const { message } of body.errors ?? []) expect(message).toMatch(/^(must|is|has) (?!.*(undefined|received))/);
}

/** What there is after a tour of the API, and some more that can be ordered. */
async function thingsThatExist(api: TestApi): Promise<Things> {
  const things = new Map<string, Set<string>>();
  const ask = async ({ method, url, body }: Step): Promise<Answer> => {
    const answer = await api.ask({ method, url, payload: body });
    const collection = url.split('?')[0]!.split('/').at(-1)!;
    const found = [answer.body, ...(answer.body.items ?? [])].flatMap(({ id }: { id?: string }) => id ?? []);
    if (!UUID.test(collection)) things.set(collection, new Set([...(things.get(collection) ?? []), ...found]));
    return answer;
  };
  await takeTour(api, ask);
  for (const name of ['a', 'b', 'c', 'd']) {
    await ask({ method: 'POST', url: '/api/catalog/products', body: { ...product, sku: name } });
    const somebody = { ...person, email: `${name}@example.com` };
    const { body } = await ask({ method: 'POST', url: '/api/accounts/customers', body: somebody });
    await api.system.drain();
    await ask({ method: 'POST', url: '/api/checkout/carts', body: { customerId: body.id } });
  }
  return new Map([...things].filter(([, ids]) => ids.size > 0));
}

const UUID = /^[\da-f-]{36}$/;

/** What nothing can be done with any more, so it must not come often. */
const ENDS = /erase$|discontinue$/;

function requestsOf({ paths }: OpenApiDocument, things: Things): fc.Arbitrary<RandomRequest> {
  const requests = Object.entries(paths).flatMap(([path, item]) =>
    (['POST', 'PUT', 'PATCH'] as const)
      .filter((method) => method.toLowerCase() in item)
      .flatMap((method) => {
        const schema = schemaOf(item[method.toLowerCase()]!);
        return [new Values(things, Number.POSITIVE_INFINITY), new Values(things, 10)].map((values) => ({
          weight: ENDS.test(path) ? 1 : 20,
          arbitrary: fc.record({ method: fc.constant(method), url: urlsOf(path, values), body: values.of(schema) }),
        }));
      }),
  );
  return fc.oneof(...requests);
}

function urlsOf(path: string, values: Values): fc.Arbitrary<string> {
  const parts = path.split('/');
  const made = parts.map((part, at) => (part.startsWith('{') ? values.idOf(parts[at - 1]) : fc.constant(part)));
  return fc.tuple(...made).map((some) => some.join('/'));
}

const schemaOf = (operation: Readonly<Record<string, unknown>>): JsonSchema => {
  const { requestBody } = operation as { requestBody?: { content: { 'application/json': { schema: JsonSchema } } } };
  return requestBody?.content['application/json'].schema ?? { type: 'object' };
};
