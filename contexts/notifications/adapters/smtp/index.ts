import { createTransport, type NodemailerError } from 'nodemailer';
import type { MailTransport } from '../../ports.ts';

const SECOND = 1_000;
const CONNECTIONS = 8;

/** Whose fault a refusal is, is said by the command that was refused: only these are about the message and its recipient. */
const ABOUT_THE_MAIL = new Set(['RCPT TO', 'DATA']);

export interface SmtpTransport extends MailTransport {
  close(): void;
}

/** Hands mail to a server: `smtp://user:password@mail.example.com:587`, or `smtps://…`. What it could not is not repeated here. */
export function createSmtpTransport(url: string): SmtpTransport {
  const server = createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    maxRequeues: 0,
    connectionTimeout: 5 * SECOND,
    greetingTimeout: 5 * SECOND,
    socketTimeout: 30 * SECOND,
    idleTimeout: 30 * SECOND,
  });
  return {
    atOnce: CONNECTIONS,
    async send(message, signal) {
      try {
        await server.sendMail({ ...message, signal });
        return { status: 'sent' };
      } catch (error) {
        if (isRefusal(error as NodemailerError)) return { status: 'refused', reason: (error as Error).message };
        throw error;
      }
    },
    close: () => server.close(),
  };
}

const isRefusal = ({ responseCode = 0, command = '' }: NodemailerError): boolean =>
  responseCode >= 500 && responseCode < 600 && ABOUT_THE_MAIL.has(command);
