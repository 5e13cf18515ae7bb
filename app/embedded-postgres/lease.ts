import { connect, type Socket } from 'node:net';

/** Asks a supervisor for a lease, which is the open socket itself; empty when nobody grants one. */
export function requestLease(control: string, timeoutMs: number): Promise<Socket | undefined> {
  return new Promise((settle) => {
    const socket = connect(control);
    socket.setTimeout(Math.max(1, timeoutMs), () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => settle(undefined));
    socket.once('data', () => {
      socket.setTimeout(0);
      settle(socket);
    });
  });
}
