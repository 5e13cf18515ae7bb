import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';

/** A line to a database that can be cut, or fall silent: then it looks as if it were there, and carries nothing. */
export interface Line extends AsyncDisposable {
  readonly address: DatabaseAddress;
  cut(): Promise<void>;
  fallSilent(): void;
  /** Ends all that goes over it now; who calls anew gets through. */
  hangUp(): void;
}

export async function openLine(to: DatabaseAddress): Promise<Line> {
  const directory = await mkdtemp(join(tmpdir(), 'microlith-line-'));
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(join(to.host, `.s.PGSQL.${to.port}`));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((listening) => server.listen(join(directory, `.s.PGSQL.${to.port}`), listening));
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const cut = async () => {
    isCut = true;
    const closed = new Promise((done) => server.close(done));
    hangUp();
    await closed;
  };
  return {
    address: { ...to, host: directory },
    cut,
    hangUp,
    fallSilent: () => {
      for (const socket of sockets) socket.unpipe();
    },
    async [Symbol.asyncDispose]() {
      if (server.listening) await cut();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
