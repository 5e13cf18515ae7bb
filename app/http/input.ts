import { z } from 'zod';
import { wireSchemaOf } from '#events/messaging/facts/schema';
import type { Endpoint } from './endpoint.ts';
import { houseVoice } from './house-voice.ts';
import { type BadField, InvalidInput } from './invalid-input.ts';

interface FieldSchema extends Readonly<Record<string, unknown>> {
  readonly format?: string;
}

/** Where the fields of an operation's input stand in a request. */
export interface InputPlan {
  /** The input as JSON Schema. */
  readonly schema: { readonly properties: Readonly<Record<string, FieldSchema>>; readonly required: readonly string[] };
  /** What stands in the path: its name there, and the field of the input that it is. */
  readonly inPath: ReadonlyMap<string, string>;
  /** Where all other fields stand. */
  readonly rest: 'query' | 'body';
  /** Those that must be sent, apart from the path's. */
  readonly required: readonly string[];
  /** Those that hold passwords. */
  readonly secrets: readonly string[];
}

export function planInput({ method, path, input, rename }: Endpoint): InputPlan {
  const { properties = {}, required = [] } = wireSchemaOf(input) as Partial<InputPlan['schema']>;
  const inPath = new Map([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name!, rename[name!] ?? name!]));
  const fieldsInPath = new Set(inPath.values());
  return {
    schema: { properties, required },
    inPath,
    rest: method === 'GET' || method === 'DELETE' ? 'query' : 'body',
    required: required.filter((field) => !fieldsInPath.has(field)),
    secrets: Object.keys(properties).filter((field) => properties[field]!.format === 'password'),
  };
}

/** The parts of a request. */
export interface RequestParts {
  readonly url: string;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** One validated input, made of all parts of a request. @throws {InvalidInput} naming every bad field at once */
export function readInput<Input extends z.ZodObject>(
  schema: Input,
  plan: InputPlan,
  { url, params, query, body }: RequestParts,
): z.output<Input> {
  const sent = { query: readQuery(url, query as Fields), body: readBody(plan, body) };
  const unused = plan.rest === 'query' ? 'body' : 'query';
  const errors = [
    ...Object.keys(sent[unused]).map((name) => foreignField(unused, name)),
    ...foreignNames(plan, sent[plan.rest]).map((name) => foreignField(plan.rest, name)),
  ];
  const parsed = schema.safeParse(
    { ...sent[plan.rest], ...namedFields(plan, params as Fields) },
    { error: houseVoice },
  );
  if (!parsed.success) errors.push(...onePerField(parsed.error.issues).flatMap((issue) => badFieldsOf(plan, issue)));
  if (errors.length > 0) throw new InvalidInput(errors);
  return parsed.data as z.output<Input>;
}

type Fields = Readonly<Record<string, unknown>>;

function readQuery(url: string, query: Fields): Fields {
  assertDecodable(url);
  const twice = Object.keys(query).filter((name) => Array.isArray(query[name]));
  if (twice.length > 0) throw new InvalidInput(twice.map((path) => ({ in: 'query', path, message: 'is given twice' })));
  return query;
}

function assertDecodable(url: string): void {
  try {
    decodeURIComponent(url);
  } catch {
    throw new InvalidInput([{ in: 'query', path: '', message: 'is not percent-encoded UTF-8' }]);
  }
}

function readBody({ rest, required }: InputPlan, body: unknown): Fields {
  if (body === undefined && (rest === 'query' || required.length === 0)) return {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Fields;
  const message = body === undefined ? 'is missing: it must be a JSON object' : 'must be a JSON object';
  throw new InvalidInput([{ in: 'body', path: '', message }]);
}

/** What stands in the path may not be said again. */
const foreignNames = ({ inPath }: InputPlan, fields: Fields): string[] =>
  [...inPath.values()].filter((field) => Object.hasOwn(fields, field));

const namedFields = ({ inPath }: InputPlan, params: Fields) =>
  Object.fromEntries([...inPath].map(([name, field]) => [field, params[name]]));

const foreignField = (place: BadField['in'], path: string): BadField => ({
  in: place,
  path,
  message: 'is not a field of this operation',
});

/** A mistake that breaks several rules is told by one: a whole number's own limits rather than those of all of them. */
function onePerField(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const byPath = Map.groupBy(issues, ({ path }) => z.core.toDotPath(path));
  return [...byPath.values()].flatMap((same) => {
    const foreign = same.filter(({ code }) => code === 'unrecognized_keys');
    const own = same.filter(({ code }) => code !== 'unrecognized_keys');
    const told = own.find((issue) => !('note' in issue)) ?? own[0];
    return told ? [told, ...foreign] : foreign;
  });
}

function badFieldsOf(plan: InputPlan, issue: z.core.$ZodIssue, at: readonly PropertyKey[] = []): BadField[] {
  const path = [...at, ...issue.path];
  if (issue.code === 'invalid_union') {
    const [first] = issue.errors;
    if (first) return first.flatMap((inner) => badFieldsOf(plan, inner, path));
  }
  if (issue.code !== 'unrecognized_keys') return [{ ...placeOf(plan, path), message: issue.message }];
  return issue.keys.map((key) => foreignField(plan.rest, z.core.toDotPath([...path, key])));
}

function placeOf({ inPath, rest }: InputPlan, path: readonly PropertyKey[]): Pick<BadField, 'in' | 'path'> {
  const inUrl = [...inPath].find(([, field]) => field === path[0]);
  return inUrl ? { in: 'path', path: inUrl[0] } : { in: rest, path: z.core.toDotPath([...path]) };
}
