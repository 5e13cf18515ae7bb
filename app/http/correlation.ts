import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { uuidV7 } from '#shared-kernel/uuid';
import { InvalidInput } from './invalid-input.ts';

/** Names a request in its answer, in the log and in every event that it leads to. */
export const CORRELATION_HEADER = 'X-Correlation-Id';

const CorrelationId = z.uuid().toLowerCase();

const given = (headers: IncomingHttpHeaders) => headers[CORRELATION_HEADER.toLowerCase()];

/** The caller's own name for a request where it may be one, a new one otherwise. */
export const correlationIdOf = ({ headers }: { readonly headers: IncomingHttpHeaders }): string =>
  CorrelationId.safeParse(given(headers)).data ?? uuidV7();

/** Every answer says under which name its request is known. */
export function nameRequests(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.header(CORRELATION_HEADER, request.id);
    const name = given(request.headers);
    if (name !== undefined && name !== '' && !CorrelationId.safeParse(name).success)
      throw new InvalidInput([{ in: 'header', path: CORRELATION_HEADER, message: 'must be a UUID' }]);
  });
}
