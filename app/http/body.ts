import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidInput } from './invalid-input.ts';
import { readJson } from './json.ts';

/** Bytes. */
export const LARGEST_BODY = 1024 * 1024;

/** Bodies are JSON, sent as it is. */
export function acceptJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, readBody);
}

async function readBody({ headers }: FastifyRequest, body: Buffer): Promise<unknown> {
  const { 'content-encoding': encoding = 'identity' } = headers;
  if (encoding !== 'identity')
    throw new InvalidInput([{ in: 'header', path: 'Content-Encoding', message: 'must be identity, or left out' }]);
  return body.length === 0 ? undefined : readJson(body);
}
