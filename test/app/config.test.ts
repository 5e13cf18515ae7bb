import { describe, expect, test } from 'vitest';
import { InvalidConfig, readCommandConfig, readConfig, unknownSettings } from '#app/config';

const mistakesIn = (environment: NodeJS.ProcessEnv): string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfig)
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
};

describe('the configuration', () => {
  test('needs nothing to be set', () => {
    expect(readConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      database: undefined,
      dataDirectory: '.data',
      withDemo: true,
      isOpen: false,
      topology: 'single',
      poolSize: 16,
      blockedAfter: 5_000,
      historyDays: undefined,
      lagLimit: 60,
      logLevel: 'info',
      smtpUrl: undefined,
      mailFrom: undefined,
    });
  });

  test('of a command logs little, unless a level is set', () => {
    const levels = [{}, { LOG_LEVEL: '' }, { LOG_LEVEL: 'debug' }].flatMap((environment) => [
      readCommandConfig(undefined, environment).logLevel,
      readCommandConfig('warn', environment).logLevel,
    ]);
    expect(levels).toEqual(['error', 'warn', 'error', 'warn', 'debug', 'debug']);
  });

  test('takes an empty value as none', () => {
    expect(readConfig({ PORT: '', HOST: '', DATABASE_URL: '', LOG_LEVEL: '' })).toEqual(readConfig({}));
  });

  test('names every bad value at once, with its rule', () => {
    const bad = {
      HOST: '0.0.0.0',
      PORT: 'eighty',
      DATABASE_URL: 'mysql://shop',
      MICROLITH_DEMO: 'no',
      MICROLITH_OPEN: 'yes',
      MICROLITH_TOPOLOGY: 'cloud',
      MICROLITH_POOL: '1',
      LOG_LEVEL: 'loud',
      SMTP_URL: 'http://mail',
      MICROLITH_MAIL_FROM: 'the shop',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'foo',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'grpc://collector:4317',
    };
    expect(mistakesIn(bad)).toEqual([
      'PORT must be a whole number from 0 to 65535',
      expect.stringContaining('DATABASE_URL must be a URL such as postgres://user:password@host:5432/database'),
      'MICROLITH_DEMO must be 0 or 1',
      'MICROLITH_OPEN must be 0 or 1',
      'MICROLITH_TOPOLOGY must be single or memory',
      'MICROLITH_POOL must be a whole number from 2 to 200',
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
      'SMTP_URL must be a URL such as smtp://host:25',
      'MICROLITH_MAIL_FROM must be an address such as "Shop <shop@example.com>"',
      'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http://collector:4318',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be a URL such as http://collector:4318',
      expect.stringContaining('HOST must be 127.0.0.1 while there is no sign-in; set MICROLITH_OPEN=1'),
    ]);
  });

  test('knows a variable that has no effect, such as a misspelt one', () => {
    const environment = { MICROLITH_DATTA: '/var/microlith', MICROLITH_DATA: '/var/microlith', OTHER_DATTA: 'x' };
    expect(unknownSettings(environment)).toEqual(['MICROLITH_DATTA']);
  });

  test.each(['65536', '-1', '1.5', '0x50', '1e3', ' 80', '٣'])('takes no port like %j', (PORT) => {
    expect(mistakesIn({ PORT })).toEqual(['PORT must be a whole number from 0 to 65535']);
  });

  test.each(['0.0.0.0', '::', '192.168.1.2', 'shop.example'])(
    'opens %s to everybody only when told so twice',
    (HOST) => {
      expect(mistakesIn({ HOST })).toHaveLength(1);
      expect(mistakesIn({ HOST, MICROLITH_OPEN: '0' })).toHaveLength(1);
      expect(readConfig({ HOST, MICROLITH_OPEN: '1' })).toMatchObject({ host: HOST, isOpen: true });
    },
  );

  test('sends mails only when it is told who they are from', () => {
    const SMTP_URL = 'smtp://mail.example:25';
    expect(mistakesIn({ SMTP_URL })).toEqual([
      'MICROLITH_MAIL_FROM must be set where SMTP_URL is: the address that mails come from',
    ]);
    const MICROLITH_MAIL_FROM = 'Shop <shop@example.com>';
    expect(readConfig({ SMTP_URL, MICROLITH_MAIL_FROM })).toMatchObject({ mailFrom: MICROLITH_MAIL_FROM });
    expect(readConfig({ MICROLITH_MAIL_FROM: 'shop@example.com' })).toMatchObject({ mailFrom: 'shop@example.com' });
  });

  test.each(['shop', 'Shop <shop>', '<shop@example.com>', 'a@b.example\r\nBcc: all@b.example'])(
    'takes no sender like %j',
    (MICROLITH_MAIL_FROM) => expect(mistakesIn({ MICROLITH_MAIL_FROM })).toHaveLength(1),
  );

  test.each(['127.0.0.1', '::1', 'localhost'])('takes %s for this machine', (HOST) => {
    expect(readConfig({ HOST })).toMatchObject({ host: HOST, isOpen: false });
  });

  test('reads where the database is from its URL, a socket as well', () => {
    expect(readConfig({ DATABASE_URL: 'postgres://ada:secret@db.example:5433/shop' }).database).toMatchObject({
      host: 'db.example',
      port: 5433,
      user: 'ada',
      password: 'secret',
      database: 'shop',
    });
    expect(readConfig({ DATABASE_URL: 'postgresql://ada@/shop?host=/run/postgres&port=5433' }).database).toMatchObject({
      host: '/run/postgres',
      port: 5433,
      user: 'ada',
      database: 'shop',
    });
  });

  test.each([
    'mysql://ada:secret@db/shop',
    'postgres://ada:secret@db:port/shop',
    'postgres://ada:secret@[db/shop',
    'secret',
  ])('does not repeat the password of a URL that it cannot read: %s', (DATABASE_URL) => {
    const mistakes = mistakesIn({ DATABASE_URL });
    expect(mistakes).toHaveLength(1);
    expect(mistakes.join()).not.toContain('secret');
  });
});
