import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { withoutRows } from '#events/messaging/lanes/failure';
import type { Config } from './config.ts';

const SECRETS = ['password', 'paymentToken', 'authorization', 'cookie', 'DATABASE_URL', 'SMTP_URL'];

/** Any secret, at the top of what is logged or one or two levels below it. */
const redact = {
  paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: '[redacted]',
};

/** What is known of an error, but for the rows that PostgreSQL quotes in its details. */
function serializeError(error: Error): object {
  const { type, message, stack, code, constraint, aggregateErrors } = pino.stdSerializers.err(error);
  const others = aggregateErrors?.map((one: Error) => one.message);
  return { type, message: withoutRows(message), stack: withoutRows(stack), code, constraint, others };
}

/** JSON lines; on standard error, or, for people on a terminal, readable ones there. */
export function createLogger(
  { logLevel }: Pick<Config, 'logLevel'>,
  stream: DestinationStream = standardError(),
): Logger {
  return pino({ level: logLevel, redact, serializers: { err: serializeError }, base: null }, stream);
}

const standardError = (): DestinationStream =>
  process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, translateTime: 'HH:MM:ss.l', ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true });

export type { Logger } from 'pino';
