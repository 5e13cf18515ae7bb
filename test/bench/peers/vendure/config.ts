import { fileURLToPath } from 'node:url';

/** What the programs of this folder are told on the command line. */
export interface VendureSettings {
  /** The folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** The folder for mails. */
  readonly mail: string;
  readonly goods: readonly {
    readonly sku: string;
    readonly name: string;
    readonly price: string;
    readonly pieces: number;
  }[];
}

export const settings = JSON.parse(process.argv[2]!) as VendureSettings;

/** One of Vendure's packages, by a name that no tool follows and typed by what is used of it. */
export const load = async <Library>(name: string): Promise<Library> => (await import(name)) as Library;

interface Core {
  readonly DefaultJobQueuePlugin: { init(options: object): object };
  readonly DefaultLogger: new (options: object) => object;
  readonly LogLevel: { readonly Warn: number };
  readonly dummyPaymentHandler: object;
}

interface Mail {
  readonly EmailPlugin: { init(options: object): object };
  readonly FileBasedTemplateLoader: new (folder: string) => object;
  readonly defaultEmailHandlers: readonly object[];
}

const core = await load<Core>('@vendure/core');
const MAIL = '@vendure/email-plugin';
const mail = await load<Mail>(MAIL);

/** The least that does the same work: jobs in the database, the confirmation by mail, and the dummy payment. No search index. */
export const config = {
  apiOptions: { hostname: '127.0.0.1', port: 0, cors: false, csrfPrevention: true },
  authOptions: {
    tokenMethod: 'bearer',
    superadminCredentials: { identifier: 'bench', password: 'of-a-database-that-is-dropped' },
  },
  dbConnectionOptions: {
    type: 'postgres',
    host: settings.host,
    port: settings.port,
    username: settings.user,
    database: settings.database,
    synchronize: false,
  },
  logger: new core.DefaultLogger({ level: core.LogLevel.Warn, timestamp: true }),
  paymentOptions: { paymentMethodHandlers: [core.dummyPaymentHandler] },
  plugins: [
    core.DefaultJobQueuePlugin.init({ useDatabaseForBuffer: true }),
    mail.EmailPlugin.init({
      handlers: mail.defaultEmailHandlers,
      transport: { type: 'file', outputPath: settings.mail },
      templateLoader: new mail.FileBasedTemplateLoader(
        fileURLToPath(new URL('../templates', import.meta.resolve(MAIL))),
      ),
      globalTemplateVars: { fromAddress: '"Bench" <bench@example.invalid>' },
    }),
  ],
};
