import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { sendProblem } from './errors.ts';
import { problem } from './problem.ts';

export interface Health {
  /** Rejects, saying why, when requests should go elsewhere. */
  readonly assertReady: () => Promise<void>;
  readonly metrics: Registry;
}

/** `/livez` asks nobody, `/readyz` asks everybody, `/metrics` is for Prometheus. */
export function serveHealth(server: FastifyInstance, { assertReady, metrics }: Health): void {
  server.get('/livez', async () => ({ status: 'alive' }));
  server.get('/readyz', async (request, reply) => {
    try {
      await assertReady();
      return { status: 'ready' };
    } catch (error) {
      return sendProblem(request, reply, problem(503, 'http.not-ready', { detail: (error as Error).message }));
    }
  });
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
}
