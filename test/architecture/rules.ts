import type { Source } from './source.ts';

/** Who may import what. The first rule whose `from` matches a file decides; `{own}` is the context the file belongs to. */
interface Rule {
  readonly from: RegExp;
  readonly may: readonly string[];
}

const KERNEL = 'shared-kernel/';
const FACE = 'events/messaging/index.ts';
const OWN = 'contexts/{own}/';

const RULES: readonly Rule[] = [
  { from: /^shared-kernel\//, may: ['zod', 'node:crypto', KERNEL] },
  { from: /^events\/messaging\/adapters\/in-memory\//, may: [KERNEL, 'events/messaging/'] },
  {
    from: /^events\/messaging\/adapters\//,
    may: [
      '@mikro-orm/',
      'kysely',
      'pg',
      'postgres-array',
      'eventemitter2',
      'pino',
      'node:',
      KERNEL,
      'events/messaging/',
    ],
  },
  { from: /^events\/messaging\//, may: ['zod', 'node:', KERNEL, 'events/messaging/'] },
  { from: /^events\/registry\.ts$/, may: ['events/'] },
  { from: /^events\//, may: ['zod', KERNEL, FACE] },
  { from: /^contexts\/[^/]+\/domain\//, may: [KERNEL, `${OWN}domain/`] },
  {
    from: /^contexts\/[^/]+\/commands\//,
    may: ['zod', KERNEL, 'events/{own}.ts', `${OWN}domain/`, `${OWN}commands/`, `${OWN}requests/`, `${OWN}ports.ts`],
  },
  {
    from: /^contexts\/[^/]+\/(subscribers|processes|executors)\//,
    may: [KERNEL, 'events/', OWN],
  },
  {
    from: /^contexts\/[^/]+\/adapters\/mikro-orm\//,
    may: [
      '@mikro-orm/',
      'zod',
      KERNEL,
      'events/messaging/',
      `${OWN}domain/`,
      `${OWN}ports.ts`,
      `${OWN}adapters/mikro-orm/`,
    ],
  },
  {
    from: /^contexts\/[^/]+\/adapters\//,
    may: [
      'zod',
      'node:',
      'nodemailer',
      KERNEL,
      'events/messaging/',
      `${OWN}domain/`,
      `${OWN}ports.ts`,
      `${OWN}adapters/`,
    ],
  },
  { from: /^contexts\/[^/]+\//, may: ['zod', KERNEL, FACE, OWN] },
  { from: /^migrations\//, may: ['migrations/'] },
  {
    from: /^app\//,
    may: [
      'app/',
      KERNEL,
      'events/',
      'migrations/',
      'contexts/*/index.ts',
      'contexts/*/adapters/*/index.ts',
      'node:',
      ':package',
    ],
  },
];

/** The relay and its parts are the application's to run; a context knows only the face. */
const BEHIND_THE_FACE = /^events\/messaging\/(?!index\.ts$)/;

/** One sentence per import that is not allowed. */
export const findForbiddenImports = (sources: readonly Source[]): string[] =>
  sources.flatMap(({ path, imports }) =>
    imports.filter((target) => !isAllowed(path, target)).map((target) => `${path} may not import ${target}`),
  );

function isAllowed(path: string, target: string): boolean {
  const rule = RULES.find(({ from }) => from.test(path));
  if (!rule) return false;
  const own = /^contexts\/([^/]+)\//.exec(path)?.[1] ?? '';
  if (own && !path.includes('/adapters/') && BEHIND_THE_FACE.test(target)) return false;
  return rule.may.some((allowed) => matches(allowed.replaceAll('{own}', own), target));
}

function matches(allowed: string, target: string): boolean {
  if (allowed === ':package') return !/^(app|contexts|events|migrations|shared-kernel|test)\//.test(target);
  if (allowed.includes('*')) return new RegExp(`^${allowed.replaceAll('*', '[^/]+')}$`).test(target);
  return allowed.endsWith('/') || allowed.endsWith(':') ? target.startsWith(allowed) : target === allowed;
}
