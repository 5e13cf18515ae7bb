import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** As much of a mail server as a client notices. Whom it refuses depends on the recipient's name. */
export interface FakeSmtpServer extends AsyncDisposable {
  readonly url: string;
  /** Every message it took, as it came over the wire. */
  readonly received: readonly string[];
}

export async function startFakeSmtpServer(): Promise<FakeSmtpServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    converse(socket, (message) => received.push(message));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function converse(socket: Socket, keep: (message: string) => void): void {
  let unread = '';
  let isMessage = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  say('220 fake');
  socket.setEncoding('utf8').on('error', () => undefined);
  socket.on('data', (chunk: string) => {
    unread += chunk;
    for (;;) {
      const end = isMessage ? '\r\n.\r\n' : '\r\n';
      const at = unread.indexOf(end);
      if (at < 0) return;
      const part = unread.slice(0, at);
      unread = unread.slice(at + end.length);
      if (isMessage) {
        keep(part);
        isMessage = false;
        say('250 taken');
        continue;
      }
      isMessage = /^DATA/i.test(part);
      say(answerTo(part));
    }
  });
}

function answerTo(command: string): string {
  if (/^RCPT TO:<nobody@/i.test(command)) return '550 no such user';
  if (/^RCPT TO:<later@/i.test(command)) return '451 come back later';
  if (/^DATA/i.test(command)) return '354 go on';
  if (/^QUIT/i.test(command)) return '221 bye';
  return '250 ok';
}
