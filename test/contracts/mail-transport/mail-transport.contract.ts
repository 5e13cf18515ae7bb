import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MailTransport } from '#contexts/notifications';

/** A transport, and what arrived at its other end. */
export interface TransportUnderTest extends AsyncDisposable {
  readonly transport: MailTransport;
  received(): Promise<readonly ArrivedMail[]>;
}

export interface ArrivedMail {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export const aMessage = (to = 'ada@example.com') => ({
  messageId: `<${randomUUID()}@example.com>`,
  from: 'Motors <shop@example.com>',
  to,
  subject: 'Your order is confirmed',
  text: 'Two wheels × 1, für Ada.\n.\nA line with a lone dot came before this one.\n',
  html: '<p>Two wheels × 1, für Ada = fine.</p>\n',
});

export const NEVER = new AbortController().signal;

export const describeMailTransport = (adapter: string, open: () => Promise<TransportUnderTest>) =>
  describe(`a mail transport ${adapter}`, () => {
    let under: TransportUnderTest;
    beforeAll(async () => void (under = await open()));
    afterAll(() => under[Symbol.asyncDispose]());

    const arrived = async (messageId: string) =>
      (await under.received()).filter((mail) => mail.messageId === messageId);

    test('brings a message as it was written', async () => {
      const message = aMessage();
      expect(await under.transport.send(message, NEVER)).toEqual({ status: 'sent' });
      expect(await arrived(message.messageId)).toEqual([message]);
    });

    test('brings a repeat under the same Message-ID', async () => {
      const message = aMessage();
      await under.transport.send(message, NEVER);
      await under.transport.send(message, NEVER);
      const mails = await arrived(message.messageId);
      expect(new Set(mails.map((mail) => JSON.stringify(mail))).size).toBe(1);
    });

    test('brings many at the same time', async () => {
      const messages = Array.from({ length: 20 }, () => aMessage());
      await Promise.all(messages.map((message) => under.transport.send(message, NEVER)));
      for (const { messageId } of messages) expect(await arrived(messageId)).toHaveLength(1);
    });
  });
