import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEmlTransport } from '#contexts/notifications/adapters/eml';
import { createInMemoryTransport } from '#contexts/notifications/adapters/in-memory-transport';
import { createSmtpTransport } from '#contexts/notifications/adapters/smtp';
import { startFakeSmtpServer } from './fake-smtp-server.ts';
import { aMessage, describeMailTransport, NEVER } from './mail-transport.contract.ts';
import { readMail } from './read-mail.ts';

function newDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'microlith-mail-'));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** What a client doubles so that it does not end the message early. */
const withoutStuffing = (source: string) => source.replaceAll('\r\n..', '\r\n.');

describeMailTransport('in memory', async () => {
  const transport = createInMemoryTransport();
  return { transport, received: () => transport.list(), [Symbol.asyncDispose]: async () => undefined };
});

describeMailTransport('as .eml files', async () => {
  const { directory, remove } = newDirectory();
  const transport = createEmlTransport(directory);
  return {
    transport,
    received: async () => (await transport.list()).map(({ source }) => readMail(source)),
    [Symbol.asyncDispose]: async () => remove(),
  };
});

describeMailTransport('by SMTP', async () => {
  const server = await startFakeSmtpServer();
  const transport = createSmtpTransport(server.url);
  return {
    transport,
    received: async () => server.received.map((source) => readMail(withoutStuffing(source))),
    async [Symbol.asyncDispose]() {
      transport.close();
      await server[Symbol.asyncDispose]();
    },
  };
});

describe('a mail as an .eml file', () => {
  test('is one file, named by its Message-ID, however often it is sent', async () => {
    const { directory, remove } = newDirectory();
    const transport = createEmlTransport(join(directory, 'not', 'there', 'yet'));
    const message = aMessage();
    for (let times = 0; times < 3; times += 1) await transport.send(message, NEVER);
    const id = message.messageId.slice(1, 37);
    expect(readdirSync(join(directory, 'not', 'there', 'yet'))).toEqual([`${id}.eml`]);
    expect((await transport.list()).map(({ mailId }) => mailId)).toEqual([id]);
    remove();
  });

  test('is written nowhere else, whatever its Message-ID names', async () => {
    const { directory, remove } = newDirectory();
    const transport = createEmlTransport(join(directory, 'mail'));
    await transport.send({ ...aMessage(), messageId: '<../../etc/cron@x>' }, NEVER);
    expect(readdirSync(directory)).toEqual(['mail']);
    expect(readdirSync(join(directory, 'mail'))).toEqual(['______etc_cron.eml']);
    remove();
  });
});

describe('a mail by SMTP', () => {
  test('that the server will never take is refused; one that it may take later is tried again', async () => {
    await using server = await startFakeSmtpServer();
    const transport = createSmtpTransport(server.url);
    expect(await transport.send(aMessage('nobody@example.com'), NEVER)).toMatchObject({ status: 'refused' });
    await expect(transport.send(aMessage('later@example.com'), NEVER)).rejects.toThrow('451');
    expect(server.received).toEqual([]);
    transport.close();
  });

  test('is given up when nobody waits for it any more', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const transport = createSmtpTransport(`smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const patience = new AbortController();
    const sending = transport.send(aMessage(), patience.signal);
    await once(silent, 'connection');
    patience.abort();
    await expect(sending).rejects.toThrow('abort');
    transport.close();
    silent.close();
  });

  test('without a server is tried again', async () => {
    const server = await startFakeSmtpServer();
    await server[Symbol.asyncDispose]();
    const transport = createSmtpTransport(server.url);
    await expect(transport.send(aMessage(), NEVER)).rejects.toThrow('ECONNREFUSED');
    transport.close();
  });
});
