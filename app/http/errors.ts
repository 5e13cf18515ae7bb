import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#shared-kernel/errors';
import { faultOf } from '#events/messaging/failure';
import type { Logger } from '../logging.ts';
import { CORRELATION_HEADER } from './correlation.ts';
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
    const answer = problemOf(error);
    report(logger, request, answer, error);
    return sendProblem(request, reply, answer);
  });
  server.setNotFoundHandler(async ({ method, url }) => {
    throw new Refused(problem(404, 'http.no-such-operation', { detail: `there is no ${method} ${pathOf(url)}` }));
  });
}

const OF_FASTIFY: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'http.body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'http.body-not-json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'http.body-cut-short',
  FST_ERR_BAD_URL: 'http.unreadable-url',
  FST_ERR_MAX_PARAM_LENGTH: 'http.url-too-long',
};

/** What of a URL is shown. */
const LONGEST = 200;

function problemOf(error: unknown): Problem {
  if (error instanceof InvalidInput) return problemOfInput(error);
  if (error instanceof DomainError) return problemOfDomain(error);
  if (error instanceof Refused) return error.problem;
  const { code = '', statusCode = 500, message } = error as Partial<FastifyError>;
  if (code.startsWith('FST_') && statusCode < 500)
    return problem(statusCode, OF_FASTIFY[code] ?? 'http.bad-request', { detail: (message ?? code).slice(0, LONGEST) });
  if (faultOf(error) === 'outage') {
    return problem(503, 'http.database-unavailable', {
      detail: 'whether the request was carried out is not known; repeat it with the same Idempotency-Key',
    });
  }
  return problem(500, 'http.internal-error', { detail: 'it is in the log, under the correlationId' });
}

/** Neither the query nor the body: they may hold what no log should. */
function report(logger: Logger, request: FastifyRequest, { status, code }: Problem, error: unknown): void {
  const { id: correlationId, method, routeOptions } = request;
  const line = { correlationId, method, path: routeOptions.url ?? pathOf(request.url), status, code };
  if (status >= 500) logger.error({ ...line, ...(!(error instanceof Refused) && { err: error }) }, 'a request failed');
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
  void sendProblem(request, reply, problemOf(error));

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
