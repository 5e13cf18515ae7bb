import { parseIntoClientConfig } from 'pg-connection-string';
import { z } from 'zod';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';

const LOCAL = new Set(['127.0.0.1', '::1', 'localhost']);

const flag = z.enum(['0', '1'], { error: 'must be 0 or 1' }).transform((value) => value === '1');

const wholeNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error, abort: true })
    .transform(Number)
    .pipe(z.int({ error }).min(min, { error }).max(max, { error }));
};

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const DatabaseUrl = z.string().transform((url, context): DatabaseAddress => {
  try {
    return toAddress(url);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `must be a URL such as postgres://user:password@host:5432/database (${(error as Error).message})`,
    });
    return z.NEVER;
  }
});

const SENDER = /^(?:[^<>\p{Cc}]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u;
const Sender = z.string().regex(SENDER, { error: 'must be an address such as "Shop <shop@example.com>"' });

const Collector = z.url({ protocol: /^https?$/, error: 'must be a URL such as http://collector:4318' }).optional();

const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(3000),
  DATABASE_URL: DatabaseUrl.optional(),
  MICROLITH_DATA: z.string().default('.data'),
  MICROLITH_DEMO: flag.default(true),
  MICROLITH_OPEN: flag.default(false),
  MICROLITH_TOPOLOGY: z.enum(['single', 'memory'], { error: 'must be single or memory' }).default('single'),
  MICROLITH_POOL: wholeNumber(2, 200).default(16),
  MICROLITH_BLOCKED_AFTER: wholeNumber(0, 600).default(5),
  MICROLITH_HISTORY: wholeNumber(1, 36_500).optional(),
  MICROLITH_LAG_LIMIT: wholeNumber(1, 86_400).default(60),
  LOG_LEVEL: z.enum(LEVELS, { error: `must be one of ${LEVELS.join(', ')}` }).default('info'),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be a URL such as smtp://host:25' }).optional(),
  MICROLITH_MAIL_FROM: Sender.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: Collector,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: Collector,
});

/** Everything that can be chosen from outside. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** A real server; left out: the embedded one. */
  readonly database: DatabaseAddress | undefined;
  readonly dataDirectory: string;
  readonly withDemo: boolean;
  readonly isOpen: boolean;
  readonly topology: 'single' | 'memory';
  readonly poolSize: number;
  /** The process ends when its event loop was blocked for so long, milliseconds; 0: it does not. */
  readonly blockedAfter: number;
  /** Days that facts are kept since they were recorded, and until everybody has handled them; left out: for ever. */
  readonly historyDays: number | undefined;
  /** Seconds that a lane may be behind before somebody is told. */
  readonly lagLimit: number;
  readonly logLevel: z.output<typeof Environment>['LOG_LEVEL'];
  readonly smtpUrl: string | undefined;
  /** Who mails are from: `Shop <shop@example.com>`; only where they are sent nowhere it may be left out. */
  readonly mailFrom: string | undefined;
}

/** As it stands in a URL: `127.0.0.1:3000`, `[::1]:3000`. */
export const addressOf = ({ host, port }: Pick<Config, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** The environment does not say what it may; the message names every variable and its rule. */
export class InvalidConfig extends Error {
  constructor(mistakes: readonly string[]) {
    super(`the configuration is not valid:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
    this.name = 'InvalidConfig';
  }
}

/** @throws {InvalidConfig} */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const { data, error } = Environment.safeParse(present);
  const mistakes = [...(error?.issues ?? []).map(describeIssue), ...openMistakes(present), ...mailMistakes(present)];
  if (!data || mistakes.length > 0) throw new InvalidConfig(mistakes);
  return {
    host: data.HOST,
    port: data.PORT,
    database: data.DATABASE_URL,
    dataDirectory: data.MICROLITH_DATA,
    withDemo: data.MICROLITH_DEMO,
    isOpen: data.MICROLITH_OPEN,
    topology: data.MICROLITH_TOPOLOGY,
    poolSize: data.MICROLITH_POOL,
    blockedAfter: data.MICROLITH_BLOCKED_AFTER * 1000,
    historyDays: data.MICROLITH_HISTORY,
    lagLimit: data.MICROLITH_LAG_LIMIT,
    logLevel: data.LOG_LEVEL,
    smtpUrl: data.SMTP_URL,
    mailFrom: data.MICROLITH_MAIL_FROM,
  };
}

/** For a command, which says itself what there is to say: its log is quieter than a server's, unless `LOG_LEVEL` is set. @throws {InvalidConfig} */
export function readCommandConfig(
  quiet: Config['logLevel'] = 'error',
  environment: NodeJS.ProcessEnv = process.env,
): Config {
  const config = readConfig(environment);
  return environment['LOG_LEVEL'] ? config : { ...config, logLevel: quiet };
}

/** Variables that look like settings and are none, such as a misspelt one: they have no effect. */
export const unknownSettings = (environment: NodeJS.ProcessEnv = process.env): string[] =>
  Object.keys(environment).filter((name) => name.startsWith('MICROLITH_') && !(name in Environment.shape));

const describeIssue = ({ path, message }: z.core.$ZodIssue): string => `${path.join('.')} ${message}`;

/** Judged apart, so that it is said whatever else is wrong. */
function openMistakes({ HOST = '127.0.0.1', MICROLITH_OPEN }: NodeJS.ProcessEnv): string[] {
  if (LOCAL.has(HOST) || MICROLITH_OPEN === '1') return [];
  return ['HOST must be 127.0.0.1 while there is no sign-in; set MICROLITH_OPEN=1 to let everybody in all the same'];
}

function mailMistakes({ SMTP_URL, MICROLITH_MAIL_FROM }: NodeJS.ProcessEnv): string[] {
  if (!SMTP_URL || MICROLITH_MAIL_FROM) return [];
  return ['MICROLITH_MAIL_FROM must be set where SMTP_URL is: the address that mails come from'];
}

function toAddress(url: string): DatabaseAddress {
  if (!/^postgres(ql)?:\/\//.test(url)) throw new Error('it does not begin with postgres://');
  const { host, port, user, password, database, ssl } = parseIntoClientConfig(url);
  return {
    host: host || '127.0.0.1',
    port: port ?? 5432,
    user: user || 'postgres',
    database: database || user || 'postgres',
    ...(typeof password === 'string' && { password }),
    ...(ssl !== undefined && { ssl: ssl as boolean }),
  };
}
