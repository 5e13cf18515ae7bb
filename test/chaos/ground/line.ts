import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';

/** A TCP line to a database on which anything can happen that happens to lines. */
export interface Line extends AsyncDisposable {
  readonly address: DatabaseAddress;
  /** Leads new connections elsewhere. */
  leadTo(server: DatabaseAddress): void;
  /** Milliseconds that everything takes longer, in both directions. */
  delay: number;
  /** Swallows the replies to so many commits, cutting each connection in its place. */
  dropCommitReplies(count: number): void;
  /** How many replies to commits were swallowed. */
  readonly droppedReplies: number;
  /** Resets all connections. */
  reset(): void;
  /** From now on nothing comes through the connections there are, and nobody is told. New ones are fine. */
  blackHole(): void;
  /** How long whoever asked something on such a connection waited for an answer before giving it up, milliseconds. */
  readonly waits: readonly number[];
}

/** CommandComplete of COMMIT, as PostgreSQL's protocol 3 writes it: its letter, its length, its tag. */
const COMMITTED = Buffer.from('C\0\0\0\x0bCOMMIT\0', 'latin1');
/** CommandComplete of an INSERT, the last answer before the server is idle: it was in a transaction without COMMIT. */
const INSERTED = Buffer.from('INSERT 0 ', 'latin1');
const IDLE = Buffer.from('Z\0\0\0\x05I', 'latin1');

const tellsOfCommit = (reply: Buffer): boolean =>
  reply.includes(COMMITTED) || (reply.includes(INSERTED) && reply.includes(IDLE));

export async function openLine(to: DatabaseAddress): Promise<Line> {
  const wires = new Set<Wire>();
  let target = to;
  let droppedReplies = 0;
  let toDrop = 0;
  const waits: number[] = [];
  const server = createServer({ noDelay: true }, (near) => {
    const wire = new Wire(near, connect(join(target.host, `.s.PGSQL.${target.port}`)), {
      delay: () => line.delay,
      mustDrop: (reply) => {
        if (toDrop === 0 || !tellsOfCommit(reply)) return false;
        toDrop -= 1;
        droppedReplies += 1;
        return true;
      },
    });
    wires.add(wire);
    near.once('close', () => {
      wires.delete(wire);
      if (wire.waitedFor !== undefined) waits.push(wire.waitedFor);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const line: Line = {
    address: { ...to, host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    leadTo: (elsewhere) => void (target = elsewhere),
    delay: 0,
    dropCommitReplies: (count) => void (toDrop = count),
    get droppedReplies() {
      return droppedReplies;
    },
    reset: () => wires.forEach((wire) => wire.reset()),
    blackHole: () => wires.forEach((wire) => wire.fallSilent()),
    waits,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      line.reset();
      await closed;
    },
  };
  return line;
}

interface WireRules {
  readonly delay: () => number;
  readonly mustDrop: (reply: Buffer) => boolean;
}

/** One connection: the near end is the client's, the far end the server's. */
class Wire {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #rules: WireRules;
  #isSilent = false;
  #askedInVainAt: number | undefined;

  constructor(near: Socket, far: Socket, rules: WireRules) {
    this.#near = near;
    this.#far = far;
    this.#rules = rules;
    this.#lead(near, far, () => false);
    this.#lead(far, near, rules.mustDrop);
  }

  reset(): void {
    this.#near.resetAndDestroy();
    this.#far.destroy();
  }

  fallSilent(): void {
    this.#isSilent = true;
  }

  /** Milliseconds since something was first asked that nobody hears. */
  get waitedFor(): number | undefined {
    return this.#askedInVainAt === undefined ? undefined : performance.now() - this.#askedInVainAt;
  }

  #lead(from: Socket, to: Socket, mustDrop: (chunk: Buffer) => boolean): void {
    let underWay = 0;
    let before = Promise.resolve();
    const pass = (chunk: Buffer) => {
      if (this.#isSilent && from === this.#near) this.#askedInVainAt ??= performance.now();
      if (!this.#isSilent && to.writable) to.write(chunk);
    };
    from.on('data', (chunk: Buffer) => {
      if (mustDrop(chunk)) return this.reset();
      const delay = this.#rules.delay();
      if (delay === 0 && underWay === 0) return pass(chunk);
      underWay += 1;
      before = before.then(() => sleep(delay)).then(() => ((underWay -= 1), pass(chunk)));
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      if (!this.#isSilent) to.destroy();
    });
  }
}
