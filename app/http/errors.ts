import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#shared-kernel/errors';
import { describeError } from '#events/messaging/lanes/failure';
import { faultOf, NotOpened } from '#events/messaging/lanes/fault';
import type { Logger } from '../logging.ts';
import { LARGEST_BODY } from './body.ts';
import { CORRELATION_HEADER } from './correlation.ts';
import { KEY_HEADER } from './execution.ts';
import { InvalidInput } from './invalid-input.ts';
import { type Problem, problem, PROBLEM_TYPE, problemOfDomain, problemOfInput } from './problem.ts';

/** A failure of the edge itself, already in words. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(answer: Problem) {
    super(answer.code);
    this.name = 'Refused';
    this.problem = answer;
  }
}

/** Every failure becomes a problem document and one line in the log: an error where it is ours, for debugging where it is not. */
export function answerWithProblems(server: FastifyInstance, logger: Logger): void {
  server.setErrorHandler((error, request, reply) => {
    const answer = problemOf(error, request);
    report(logger, request, answer, error);
    return sendProblem(request, reply, answer);
  });
  server.setNotFoundHandler(async ({ method, url }) => {
    throw new Refused(problem(404, 'http.no-such-operation', { detail: `there is no ${method} ${pathOf(url)}` }));
  });
}

/** Our codes, and what is said where Fastify's own message does not name the rule. */
const OF_FASTIFY: Readonly<Record<string, { readonly code: string; readonly detail?: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'http.body-too-large',
    detail: `a body may have at most ${LARGEST_BODY} bytes (1 MiB)`,
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'http.body-not-json', detail: 'Content-Type must be application/json' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'http.body-cut-short' },
  FST_ERR_BAD_URL: { code: 'http.unreadable-url' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'http.url-too-long' },
};

/** What of a URL is shown. */
const LONGEST = 200;

function problemOf(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof InvalidInput) return problemOfInput(error);
  if (error instanceof DomainError) return problemOfDomain(error);
  if (error instanceof Refused) return error.problem;
  const { code = '', statusCode = 500, message } = error as Partial<FastifyError>;
  if (code.startsWith('FST_') && statusCode < 500) {
    const { code: own = 'http.bad-request', detail = message ?? code } = OF_FASTIFY[code] ?? {};
    return problem(statusCode, own, { detail: detail.slice(0, LONGEST) });
  }
  if (faultOf(error) === 'outage')
    return problem(503, 'http.database-unavailable', { detail: adviceOn(error, request) });
  return problem(500, 'http.internal-error', { detail: 'it is in the log, under the correlationId' });
}

/** What to do when the database went away under a request, or was not to be had for it. */
function adviceOn(error: unknown, { method, headers }: FastifyRequest): string {
  if (method === 'GET' || method === 'HEAD') return 'nothing can be read just now; ask again in a moment';
  const withKey = KEY_HEADER.toLowerCase() in headers ? ` with the same ${KEY_HEADER}` : '';
  if (error instanceof NotOpened) return `this request has done nothing; ask again in a moment${withKey}`;
  const unknown = 'whether the request was carried out is not known';
  return withKey || method !== 'POST'
    ? `${unknown}; repeat it${withKey}`
    : `${unknown}; look whether it was, before you repeat it, and send an ${KEY_HEADER} next time`;
}

/** Neither the query nor the body: they may hold what no log should. */
function report(logger: Logger, request: FastifyRequest, { status, code }: Problem, error: unknown): void {
  const { id: correlationId, method, routeOptions } = request;
  const line = { correlationId, method, path: routeOptions.url ?? pathOf(request.url), status, code };
  if (faultOf(error) === 'outage')
    logger.warn({ ...line, error: describeError(error) }, 'a request failed for want of the database');
  else if (status >= 500 && !(error instanceof Refused)) logger.error({ ...line, err: error }, 'a request failed');
  else logger.debug(line, 'a request was refused');
}

const pathOf = (url: string): string => url.split('?', 1)[0]!.slice(0, LONGEST);

export const sendProblem = (request: FastifyRequest, reply: FastifyReply, answer: Problem): FastifyReply =>
  reply
    .status(answer.status)
    .header(CORRELATION_HEADER, request.id)
    .type(PROBLEM_TYPE)
    .serializer(JSON.stringify)
    .send({ ...answer, correlationId: request.id });

/** A URL that cannot even be routed. */
export const answerUnroutable = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void =>
  void sendProblem(request, reply, problemOf(error, request));

const BROKEN: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: problem(431, 'http.headers-too-large', { detail: 'URL and headers may take 16 KiB together' }),
  ERR_HTTP_REQUEST_TIMEOUT: problem(408, 'http.request-too-slow'),
};

/** Bytes that are no HTTP request: there is nothing to route, so the answer is written by hand. */
export function answerBroken(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const answer = BROKEN[error.code ?? ''] ?? problem(400, 'http.not-http', { detail: 'this is not an HTTP request' });
  const body = JSON.stringify(answer);
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
