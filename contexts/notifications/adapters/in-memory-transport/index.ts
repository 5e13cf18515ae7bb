import type { MailTransport, Message } from '../../ports.ts';

/** Keeps mail instead of carrying it; a repeat takes the place of what it repeats. */
export function createInMemoryTransport(): MailTransport & { list(): Promise<readonly Message[]> } {
  const sent = new Map<string, Message>();
  return {
    atOnce: 8,
    async send(message) {
      sent.set(message.messageId, message);
      return { status: 'sent' };
    },
    list: async () => [...sent.values()],
  };
}
