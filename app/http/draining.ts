import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refused } from './errors.ts';
import { problem } from './problem.ts';

/** How long a request may still take to arrive when all others are answered, milliseconds. */
const ARRIVAL = 1_000;

/** A server's way to stop politely. */
export interface Draining {
  readonly hasBegun: boolean;
  /** Answers what was asked and refuses what comes later; then closes, and cuts off who is slow to ask. */
  drain(): Promise<void>;
}

export function makeDrainable(server: FastifyInstance): Draining {
  const sockets = new Set<Socket>();
  const asked = new Set<FastifyRequest>();
  const answered = Promise.withResolvers<void>();
  let hasBegun = false;

  const settle = (request?: FastifyRequest) => {
    if (request) asked.delete(request);
    if (hasBegun && asked.size === 0) answered.resolve();
  };
  const cutOff = () => {
    for (const socket of sockets) socket.destroy();
  };

  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.addHook('onRequest', async ({ routeOptions }) => {
    if (hasBegun && routeOptions.config.operation)
      throw new Refused(problem(503, 'http.stopping', { detail: 'the server is stopping; ask again in a moment' }));
  });
  server.addHook('preHandler', async (request, reply) => {
    asked.add(request);
    reply.raw.once('close', () => settle(request));
  });
  server.addHook('onSend', async (_request, reply) => {
    if (hasBegun) reply.header('connection', 'close');
  });
  server.addHook('onResponse', async (request) => settle(request));

  return {
    get hasBegun() {
      return hasBegun;
    },
    async drain() {
      hasBegun = true;
      settle();
      await answered.promise;
      const patience = setTimeout(cutOff, ARRIVAL);
      await server.close();
      clearTimeout(patience);
    },
  };
}
