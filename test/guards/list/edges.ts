import type { Guard } from '../guard.ts';

const HTTP = 'test/http/idempotency.test.ts';
const IMPORTS = 'test/architecture/imports.test.ts';

/** The boundaries between contexts, and the edges of the application. */
export const edges: readonly Guard[] = [
  {
    name: 'own-facts-only',
    hazard: 'a context reaches into another',
    promise: 'a context publishes its own facts only',
    edits: [
      {
        file: 'events/messaging/units/outbox.ts',
        snippet: 'if (!event.type.startsWith(`${this.#context}.`)) throw new ForeignFact(event.type, this.#context);',
        replacement: '',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/postgresql.test.ts',
      title: "a unit of work on PostgreSQL > cannot publish another context's fact",
    },
  },
  {
    name: 'no-foreign-imports',
    hazard: 'a context reaches into another',
    promise: 'no file of a context imports another context',
    edits: [
      {
        file: 'contexts/billing/commands/bill-order.ts',
        snippet: 'export async function billOrder(',
        replacement: `export type Foreign = import('#contexts/checkout').PlaceOrder; export async function billOrder(`,
      },
    ],
    noticedBy: { file: IMPORTS, title: 'the import rules > are kept by every file' },
  },
  {
    name: 'pure-domains',
    hazard: 'a context reaches into another',
    promise: 'a domain imports the shared kernel and itself',
    edits: [
      {
        file: 'test/architecture/rules.ts',
        snippet: 'may: [KERNEL, `${OWN}domain/`] }',
        replacement: `may: [KERNEL, 'zod', \`\${OWN}domain/\`] }`,
      },
    ],
    noticedBy: { file: IMPORTS, title: 'the import rules > refuse zod in a domain' },
  },
  {
    name: 'messaging-behind-its-face',
    hazard: 'a context reaches into another',
    promise: 'a context knows of the post office only what its face shows',
    edits: [
      {
        file: 'test/architecture/rules.ts',
        snippet: `if (own && !path.includes('/adapters/') && BEHIND_THE_FACE.test(target)) return false;`,
        replacement: 'void BEHIND_THE_FACE;',
      },
    ],
    noticedBy: { file: IMPORTS, title: 'the import rules > refuse the relay in a context' },
  },
  {
    name: 'schemas-apart',
    hazard: 'a context reaches into another',
    promise: 'no schema leads into another',
    edits: [
      {
        file: 'migrations/fulfillment/0004_index_stock_records.ts',
        snippet: 'create index stock_receipts_product',
        replacement:
          'create view ${schema}.peek as select floor from messaging.log_identity; create index stock_receipts_product',
      },
    ],
    noticedBy: { file: 'test/architecture/schemas.test.ts', title: 'the schemas > do not lead into each other' },
  },
  {
    name: 'http-key-honoured',
    hazard: 'an unknown commit',
    promise: 'a request that is repeated under its key gets the same answer, and nothing is done again',
    edits: [
      {
        file: 'app/http/execution.ts',
        snippet: '...(idempotency && { idempotency }),',
        replacement: '',
      },
    ],
    noticedBy: {
      file: HTTP,
      title: 'an idempotency key, on PostgreSQL, > makes a repeat give the same answer and do nothing again',
    },
  },
  {
    name: 'http-fingerprint',
    hazard: 'an unknown commit',
    promise: 'another request under a used key is refused',
    edits: [
      {
        file: 'app/http/fingerprint.ts',
        snippet: 'const digest = digestOf(open);',
        replacement: 'const digest = digestOf([]); void open;',
      },
    ],
    noticedBy: { file: HTTP, title: 'an idempotency key, on PostgreSQL, > is refused for another request' },
  },
  {
    name: 'closed-by-default',
    hazard: 'the shop stands open by mistake',
    promise: 'without a sign-in nobody outside is let in, unless it is said twice',
    edits: [
      { file: 'app/config.ts', snippet: ', ...openMistakes(present)', replacement: ', ...(void openMistakes, [])' },
    ],
    noticedBy: {
      file: 'test/app/config.test.ts',
      title: 'the configuration > opens 0.0.0.0 to everybody only when told so twice',
    },
  },
];
