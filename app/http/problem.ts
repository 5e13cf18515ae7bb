import { z } from 'zod';
import type { DomainError, ErrorKind } from '#shared-kernel/errors';
import { BadField, type InvalidInput } from './invalid-input.ts';

/** RFC 9457, with a stable `code` and the path of each bad field. */
export const Problem = z.object({
  type: z.string().describe('A URI made of the code.'),
  title: z.string().describe('What kind of failure it is, for people.'),
  status: z.int().min(400).max(599),
  code: z.string().describe('What went wrong, for programs: it never changes its meaning.'),
  detail: z.string().optional().describe('What went wrong this time, for people.'),
  errors: z.array(BadField).optional().describe('Each bad field, and the rule it broke.'),
  details: z.record(z.string(), z.unknown()).optional().describe('Facts that a program can act on.'),
  correlationId: z.uuid().optional().describe('The X-Correlation-Id of the answer, to find it in the log.'),
});
export type Problem = z.output<typeof Problem>;

export const PROBLEM_TYPE = 'application/problem+json';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  'not-found': 404,
  conflict: 409,
  rejected: 422,
  unavailable: 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  404: 'Not found',
  405: 'Not possible in this way',
  408: 'The request took too long to arrive',
  409: 'In conflict with the present state',
  413: 'The body is too large',
  414: 'The URL is too long',
  415: 'The body must be JSON',
  422: 'A rule was broken',
  431: 'The headers are too large',
  500: 'Something went wrong here',
  503: 'Not available now',
};

export const problem = (status: number, code: string, more: Partial<Problem> = {}): Problem => ({
  type: `urn:microlith:problem:${code}`,
  title: TITLES[status] ?? TITLES[status >= 500 ? 500 : 400]!,
  status,
  code,
  ...more,
});

export const problemOfDomain = (error: DomainError): Problem => {
  const details = Object.keys(error.details).length > 0 ? { details: { ...error.details } } : {};
  return problem(STATUS[error.kind], error.code, { detail: error.message, ...details });
};

export const problemOfInput = ({ code, errors }: InvalidInput): Problem =>
  problem(400, code, { detail: 'see errors: each names a field and the rule it broke', errors: [...errors] });
