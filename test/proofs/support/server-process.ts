import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../../../package.json' with { type: 'json' };
import { accountOf, balance, type Balance, NOTHING } from './account.ts';
import type { Ground } from './ground.ts';

/** `npm start` as a process of its own, on a port that the system chooses anew at every start. */
export interface ServerProcess {
  /** Where it listens, or listened last. */
  readonly url: string;
  readonly pid: number;
  start(): Promise<void>;
  /** Ends it as a power failure would. */
  kill(): Promise<void>;
  /** Asks it to end; resolves with its exit code, and with none where it had to be killed. */
  stop(): Promise<number | null>;
}

/** Milliseconds; a server gives itself thirty seconds to stop. */
const STOPPED_WITHIN = 60_000;

const home = fileURLToPath(new URL('../../../', import.meta.url));
/** What `npm start` gives to node: flags, the program and its command. */
const start = manifest.scripts.start.split(' ').map((word) => (word === 'microlith' ? join(home, word) : word));
const words = start.slice(start.indexOf('node') + 1);

/** With flags for Node, beside those of `npm start`. */
export async function startServer(ground: Ground, name: string, flags: readonly string[] = []): Promise<ServerProcess> {
  const server = new ServerOfProof(ground, name, flags);
  await server.start();
  return server;
}

/** Several on one database; the first of them migrates it. */
export async function startServers(ground: Ground, count: number): Promise<readonly ServerProcess[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => startServer(ground, `server ${at}`)));
}

class ServerOfProof implements ServerProcess {
  readonly #ground: Ground;
  readonly #name: string;
  readonly #flags: readonly string[];
  #process: ChildProcess | undefined;
  #url = '';

  constructor(ground: Ground, name: string, flags: readonly string[]) {
    this.#ground = ground;
    this.#name = name;
    this.#flags = flags;
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#process!.pid!;
  }

  async start(): Promise<void> {
    mkdirSync(this.#ground.logs, { recursive: true });
    const log = openSync(join(this.#ground.logs, `${this.#name}.log`), 'a');
    this.#process = spawn(process.execPath, [...this.#flags, ...words], {
      cwd: this.#ground.logs,
      env: environmentOn(this.#ground),
      stdio: ['ignore', 'pipe', log],
    });
    closeSync(log);
    endWithUs(this.#process);
    this.#url = await urlAnnouncedBy(this.#process, this.#name);
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<number | null> {
    const stopping = this.#process!;
    const impatience = setTimeout(() => stopping.kill('SIGKILL'), STOPPED_WITHIN);
    await this.#end('SIGTERM');
    clearTimeout(impatience);
    return stopping.exitCode;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const ending = this.#process!;
    if (ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    await gone;
  }
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((server) => server.kill('SIGKILL')));

/** A proof that breaks off leaves no server behind. */
function endWithUs(server: ChildProcess): void {
  running.add(server);
  server.once('exit', () => running.delete(server));
}

export function environmentOn({ database, data }: Ground): NodeJS.ProcessEnv {
  const { host, port, user, password, database: name } = database;
  const parts = new URLSearchParams({ host, port: String(port), user, ...(password && { password }) });
  const { PATH, HOME, TMPDIR, LOG_LEVEL, NODE_OPTIONS } = process.env;
  return {
    PATH,
    HOME,
    TMPDIR,
    LOG_LEVEL,
    NODE_OPTIONS,
    DATABASE_URL: `postgres:///${name}?${parts.toString()}`,
    MICROLITH_DATA: data,
    MICROLITH_DEMO: '0',
    PORT: '0',
  };
}

/** The banner says where the server is, once it can serve. */
async function urlAnnouncedBy(server: ChildProcess, name: string): Promise<string> {
  let said = '';
  for await (const words of server.stdout!.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += String(words);
    const url = /(http:\/\/\S+)\/docs/.exec(said)?.[1];
    if (url) {
      server.stdout!.resume();
      return url;
    }
  }
  throw new Error(`${name} ended before it could serve; its log says why`);
}

/** Each ends by itself, and says that all went well. */
export async function stopAll(servers: readonly ServerProcess[]): Promise<Balance> {
  const codes = await Promise.all(servers.map((server) => server.stop()));
  return balance(
    'servers that did not stop cleanly',
    NOTHING,
    accountOf(codes.map((code, at) => [`server ${at} ended with ${code}`, code === 0 ? 0 : 1])),
  );
}
