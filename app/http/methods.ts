import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { Refused } from './errors.ts';
import { problem } from './problem.ts';

/** Answers every method that a URL does not have: 405, and `Allow` says which it has. `OPTIONS` asks for just that. */
export function refuseOtherMethods(server: FastifyInstance, url: string, methods: readonly string[]): void {
  const own = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  const allow = [...own, 'OPTIONS'].toSorted().join(', ');
  const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('allow', allow);
    if (request.method === 'OPTIONS') return reply.status(204).send();
    const detail = `${request.method} is not possible here, only ${allow}`;
    throw new Refused(problem(405, 'http.method-not-allowed', { detail }));
  };
  const others = server.supportedMethods.filter((method) => !own.includes(method)) as HTTPMethods[];
  server.route({ method: others, url, onRequest: refuse, handler: refuse });
}
