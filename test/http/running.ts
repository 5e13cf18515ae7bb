import { Agent, request as ask } from 'node:http';
import { connect } from 'node:net';
import { createMetrics } from '#app/metrics';
import { openServer, type Server } from '#app/server';
import type { TestSystem } from '../support/system.ts';
import { captureLog, type CapturedLog } from './log.ts';

/** A server of its own that listens on a free port. */
export interface RunningServer extends AsyncDisposable {
  readonly server: Server;
  readonly system: TestSystem;
  readonly log: CapturedLog;
  stop(): Promise<void>;
}

export async function runServer(opening: Promise<TestSystem>): Promise<RunningServer> {
  const system = await opening;
  const log = captureLog();
  const config = { host: '127.0.0.1', port: 0, lagLimit: 60 };
  const server = await openServer({
    host: { system, backbone: system.backbone },
    config,
    logger: log.logger,
    metrics: createMetrics(),
  });
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= server.stop());
  return {
    server,
    system,
    log,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await system[Symbol.asyncDispose]();
    },
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** One client with one connection, which it keeps. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  get(path: string): Promise<Reply> {
    return this.ask('GET', path);
  }

  post(path: string, body: object): Promise<Reply> {
    return this.ask('POST', path, JSON.stringify(body), { 'content-type': 'application/json' });
  }

  ask(method: string, path: string, body = '', headers: Record<string, string> = {}): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const sending = ask(`${this.#url}${path}`, { method, headers, agent: this.#agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const isJson = /json/.test(response.headers['content-type'] ?? '') && text !== '';
        resolve({ status: response.statusCode!, headers: response.headers, body: isJson ? JSON.parse(text) : text });
      });
      response.on('error', reject);
    });
    sending.on('error', reject);
    sending.end(body);
    return promise;
  }
}

/** A connection on which any bytes can be sent, and what came back on it when it was closed. */
export class Wire {
  readonly #socket;
  readonly #closed = Promise.withResolvers<string>();
  readonly #waiting: { readonly text: string; readonly seen: () => void }[] = [];
  #received = '';

  constructor(url: string) {
    this.#socket = connect(Number(new URL(url).port), '127.0.0.1');
    this.#socket.on('data', (bytes) => {
      this.#received += bytes.toString('latin1');
      for (const { text, seen } of this.#waiting) if (this.#received.includes(text)) seen();
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#closed.resolve(this.#received));
  }

  send(text: string | Buffer): this {
    this.#socket.write(text);
    return this;
  }

  /** Resolves with everything that came, when the server has closed the connection. */
  get closed(): Promise<string> {
    return this.#closed.promise;
  }

  /** Resolves when a text has come. */
  async until(text: string): Promise<void> {
    if (this.#received.includes(text)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ text, seen: resolve });
    await promise;
  }
}
