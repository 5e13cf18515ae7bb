import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { OpenApiDocument } from '#app/http/openapi';

/** A request and its answer, as they were on the wire. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly sent: unknown;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly correlationId: unknown;
  readonly answer: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>;
}

type Content = Readonly<Record<string, { readonly schema: object }>>;

interface Response {
  readonly content?: Content;
}

/** What an API says of itself, held against what it does. */
export class Description {
  /** The operations that have answered with a success. */
  readonly succeeded = new Set<string>();
  readonly #document: OpenApiDocument;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #compiled = new Map<object, ValidateFunction>();

  constructor(document: OpenApiDocument) {
    this.#document = document;
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
  }

  get operations(): readonly string[] {
    return Object.values(this.#document.paths).flatMap((item) =>
      Object.values(item as unknown as Record<string, Operation>).map(({ operationId }) => operationId),
    );
  }

  /** Where the description is not true of an exchange; of what is no operation it says nothing. */
  untruthsIn(exchange: Exchange): readonly string[] {
    const operation = this.#find(exchange);
    if (!operation) return [];
    const { status, correlationId } = exchange;
    if (status < 300) this.succeeded.add(operation.operationId);
    const untruths = [
      ...(typeof correlationId === 'string' ? [] : ['it has no correlation id']),
      ...this.#untruthsInAnswer(operation, exchange),
      ...(status < 300 ? this.#untruthsInRequest(operation, exchange) : []),
    ];
    return untruths.map((untruth) => `${operation.operationId} ${status}: ${untruth}`);
  }

  /** Whether the description allows a body. */
  allows({ method, url, sent }: Pick<Exchange, 'method' | 'url' | 'sent'>): boolean {
    const schema = this.#find({ method, url })?.requestBody?.content['application/json']?.schema;
    return !schema || this.#complaints(schema, sent).length === 0;
  }

  #untruthsInAnswer({ responses }: Operation, { status, contentType, answer }: Exchange): readonly string[] {
    const response = responses[status] ?? (status >= 400 ? responses.default : undefined);
    if (!response) return ['this status is not described'];
    const { content } = '$ref' in response ? (this.#resolve(response.$ref) as Response) : response;
    if (!content) return answer === '' ? [] : ['it has a body'];
    const [[type, { schema }]] = Object.entries(content) as [[string, { schema: object }]];
    if (contentType?.split(';')[0] !== type) return [`its type is ${contentType}, not ${type}`];
    return this.#complaints(schema, answer);
  }

  #untruthsInRequest({ requestBody }: Operation, { sent }: Exchange): readonly string[] {
    if (sent === undefined || !requestBody) return [];
    return this.#complaints(requestBody.content['application/json']!.schema, sent);
  }

  #find({ method, url }: Pick<Exchange, 'method' | 'url'>): Operation | undefined {
    const path = url.split('?')[0]!;
    const item = Object.entries(this.#document.paths).find(([template]) => matches(template, path));
    return item?.[1][method.toLowerCase()] as unknown as Operation | undefined;
  }

  #complaints(schema: object, value: unknown): string[] {
    const validate = this.#compiled.get(schema) ?? this.#ajv.compile(this.#inlined(schema));
    this.#compiled.set(schema, validate);
    if (validate(value)) return [];
    return validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  #inlined(schema: object): object {
    return '$ref' in schema ? this.#resolve(schema.$ref as string) : schema;
  }

  #resolve(reference: string): object {
    const parts = reference.replace('#/', '').split('/');
    return parts.reduce((at, part) => (at as Record<string, object>)[part]!, this.#document as object);
  }
}

const matches = (template: string, path: string): boolean =>
  new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
