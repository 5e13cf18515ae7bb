import type { z } from 'zod';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One operation of a context over HTTP: which input becomes which command or query, and what comes back. */
export interface Endpoint {
  readonly method: Method;
  /** `/orders/{id}/cancel`, below `/api/<context>`. */
  readonly path: string;
  /** `checkout.cancelOrder`: the command's or query's own name. */
  readonly operation: string;
  readonly summary: string;
  readonly input: z.ZodObject;
  /** Which field of the input a name in the path stands for, where it is another: `{ id: 'orderId' }`. */
  readonly rename: Readonly<Record<string, string>>;
  readonly status: 200 | 201 | 202 | 204;
  /** It changes nothing. */
  readonly isQuery: boolean;
  readonly output: z.ZodType | undefined;
  /** What this application, as it is put together, adds to the description of a field. */
  readonly explain: Explanations;
  /** A body that works once the demo is loaded. */
  readonly example: unknown;
  readonly run: (input: never) => Promise<unknown>;
}

type Explanations = Readonly<Record<string, { readonly description: string; readonly examples: readonly unknown[] }>>;

interface EndpointOptions<Input extends z.ZodObject, Result, Output extends z.ZodType> {
  readonly summary: string;
  readonly input: Input;
  readonly rename?: Readonly<Record<string, string>>;
  readonly run: (input: z.output<Input>) => Promise<Result>;
  readonly output?: Output;
  readonly explain?: Explanations;
  readonly example?: z.input<Input>;
  /** The body, made of the result. Left out: the result itself. */
  readonly respond?: (result: Result) => z.output<Output>;
}

type Defaults = Pick<Endpoint, 'method' | 'status' | 'isQuery'>;

const define =
  (defaults: Defaults) =>
  <Input extends z.ZodObject, Result, Output extends z.ZodType>(
    path: string,
    operation: string,
    {
      summary,
      input,
      rename = {},
      run,
      output,
      explain = {},
      example,
      respond,
    }: EndpointOptions<Input, Result, Output>,
  ): Endpoint => ({
    ...defaults,
    path,
    operation,
    summary,
    input,
    rename,
    output,
    explain,
    example,
    run: async (command: z.output<Input>) => {
      const result = await run(command);
      return respond ? respond(result) : result;
    },
  });

/** Reads. */
export const get = define({ method: 'GET', status: 200, isQuery: true });
/** Makes something: 201 with its id. */
export const create = define({ method: 'POST', status: 201, isQuery: false });
/** Does something to what is there: 204. */
export const act = define({ method: 'POST', status: 204, isQuery: false });
/** Asks for something that is decided later: 202. */
export const request = define({ method: 'POST', status: 202, isQuery: false });
/** Changes what is there: 204. */
export const change = define({ method: 'PATCH', status: 204, isQuery: false });
/** Puts what is there in place of what was: 204. */
export const replace = define({ method: 'PUT', status: 204, isQuery: false });
/** Takes something away: 204. */
export const remove = define({ method: 'DELETE', status: 204, isQuery: false });
/** Reads what is too long to ask for in a URL: a POST that changes nothing. */
export const lookUp = define({ method: 'POST', status: 200, isQuery: true });
