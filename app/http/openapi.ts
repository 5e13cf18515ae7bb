import { wireSchemaOf } from '#events/messaging/facts/schema';
import { CORRELATION_HEADER } from './correlation.ts';
import type { Endpoint } from './endpoint.ts';
import { KEY_HEADER } from './execution.ts';
import { planInput } from './input.ts';
import { Problem, PROBLEM_TYPE } from './problem.ts';
import { contextOf, urlOf } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

/** OpenAPI 3.1. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Json;
  readonly tags: readonly Json[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: Json;
}

const ABOUT = `The back office of a manufacturer: contexts of their own, linked by durable events.

- Amounts of money are decimal strings with a currency, ids are UUIDs, moments are ISO 8601 in UTC.
- A list comes page by page: \`next\` of one page is \`after\` of the page that follows; null at the end.
- What a command did is known to the other contexts a moment later.
- A body is \`application/json\`, sent as it is, of at most 1 MiB.
- A failure is a problem document (RFC 9457) with a stable \`code\` and the path of each bad field.`;

const FAILURES: Readonly<Record<string, string>> = {
  400: 'The request is not what the operation takes.',
  404: 'Something that the request names is not there.',
  409: 'The request does not go with the present state.',
  413: 'The body is larger than 1 MiB.',
  415: 'The body is not application/json.',
  422: 'A rule was broken, or the idempotency key was used for another request.',
  default: 'Any other failure.',
};

/** Says of every operation what it takes and what it answers; the same schemas do the checking. */
export const describeApi = (endpoints: readonly Endpoint[]): OpenApiDocument => ({
  openapi: '3.1.0',
  info: { title: 'microlith', version: '1', description: ABOUT },
  tags: [...new Set(endpoints.map(({ operation }) => contextOf(operation)))].map((name) => ({ name })),
  paths: pathsOf(endpoints),
  components: {
    schemas: { Problem: wireSchemaOf(Problem) },
    headers: { [CORRELATION_HEADER]: correlationHeader },
    parameters: { [CORRELATION_HEADER]: correlationParameter, [KEY_HEADER]: keyParameter },
    responses: mapValues(FAILURES, describeFailure),
  },
});

const ref = (part: string, name: string) => ({ $ref: `#/components/${part}/${name}` });

const correlationHeader = {
  description: 'Names the request in the log, and in every event that it leads to.',
  schema: { type: 'string', format: 'uuid' },
};

const correlationParameter = {
  name: CORRELATION_HEADER,
  in: 'header',
  description: 'A name of the caller’s own for the request; left out, it gets a new one.',
  schema: { type: 'string', format: 'uuid' },
};

const keyParameter = {
  name: KEY_HEADER,
  in: 'header',
  description:
    'Makes a repeat safe: the same key with the same request gets the same answer and does nothing again; with another request it gets 422. A request that was refused may be repeated with its key.',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
};

function pathsOf(endpoints: readonly Endpoint[]): OpenApiDocument['paths'] {
  const byUrl = Object.entries(Object.groupBy(endpoints, urlOf));
  return Object.fromEntries(
    byUrl.map(([url, some = []]) => [
      url,
      Object.fromEntries(some.map((endpoint) => [endpoint.method.toLowerCase(), describeOperation(endpoint)])),
    ]),
  );
}

const describeOperation = (endpoint: Endpoint): Json => ({
  operationId: endpoint.operation,
  summary: endpoint.summary,
  tags: [contextOf(endpoint.operation)],
  ...describeInput(endpoint),
  responses: { [endpoint.status]: describeSuccess(endpoint), ...describeFailures(endpoint) },
});

function describeInput(endpoint: Endpoint): Json {
  const { example, explain } = endpoint;
  const { schema, inPath, rest, required } = planInput(endpoint);
  const fieldsInPath = new Set(inPath.values());
  const others = Object.entries(schema.properties)
    .filter(([name]) => !fieldsInPath.has(name))
    .map(([name, field]) => [name, { ...field, ...explain[name] }] as const);
  const parameters = [
    ...[...inPath].map(([name, field]) => parameter('path', name, schema.properties[field]!, true)),
    ...(rest === 'query'
      ? others.map(([name, field]) => parameter('query', name, field, required.includes(name)))
      : []),
    ref('parameters', CORRELATION_HEADER),
    ...(endpoint.method === 'POST' ? [ref('parameters', KEY_HEADER)] : []),
  ];
  if (rest === 'query' || others.length === 0) return { parameters };
  const body = { type: 'object', properties: Object.fromEntries(others), required, additionalProperties: false };
  return {
    parameters,
    requestBody: {
      required: required.length > 0,
      content: { 'application/json': { schema: body, ...(example !== undefined && { example }) } },
    },
  };
}

function parameter(place: string, name: string, schema: Json, required: boolean): Json {
  const { description, ...rest } = schema;
  return { name, in: place, required, ...(description !== undefined && { description }), schema: rest };
}

const headers = { [CORRELATION_HEADER]: ref('headers', CORRELATION_HEADER) };

function describeSuccess({ status, output }: Endpoint): Json {
  const description = SUCCESSES[status];
  if (!output) return { description, headers };
  return { description, headers, content: { 'application/json': { schema: wireSchemaOf(output) } } };
}

const SUCCESSES: Readonly<Record<Endpoint['status'], string>> = {
  200: 'As asked.',
  201: 'Made.',
  202: 'Accepted; it is decided later.',
  204: 'Done.',
};

const describeFailures = ({ isQuery, path }: Endpoint): Json => {
  const statuses = isQuery ? ['400', ...(path.includes('{') ? ['404'] : []), 'default'] : Object.keys(FAILURES);
  return Object.fromEntries(statuses.map((status) => [status, ref('responses', status)]));
};

const describeFailure = (description: string): Json => ({
  description,
  headers,
  content: { [PROBLEM_TYPE]: { schema: ref('schemas', 'Problem') } },
});

const mapValues = <From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
