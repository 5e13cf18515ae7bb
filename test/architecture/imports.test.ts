import { describe, expect, test } from 'vitest';
import { expectNone } from '../support/expect-none.ts';
import { findForbiddenImports } from './rules.ts';
import { readSources, sourceOf } from './source.ts';

describe('the import rules', () => {
  test('are kept by every file', () => {
    const sources = readSources('shared-kernel', 'events', 'contexts', 'migrations', 'app');
    expect(sources.length).toBeGreaterThan(100);
    expectNone('who may import what is in test/architecture/rules.ts', findForbiddenImports(sources));
  });

  test('are named beside what breaks them', () => {
    expect(() => expectNone('the rule', ['a breaks it', 'b breaks it'])).toThrow('the rule: a breaks it\nb breaks it');
    expect(() => expectNone('the rule', [])).not.toThrow();
  });

  test.each([
    ['another context', 'contexts/billing/commands/x.ts', `import { createCheckout } from '#contexts/checkout';`],
    ['another context by a relative path', 'contexts/billing/index.ts', `import '../checkout/ports.ts';`],
    ['the inside of a context', 'app/x.ts', `import type { CheckoutScope } from '../contexts/checkout/ports.ts';`],
    ['the inside of a context through the alias', 'app/x.ts', `import '#contexts/checkout/ports';`],
    [
      'MikroORM in a domain',
      'contexts/billing/domain/x.ts',
      `import type { EntityManager } from '@mikro-orm/postgresql';`,
    ],
    ['chance in a domain', 'contexts/billing/domain/x.ts', `import { randomUUID } from 'node:crypto';`],
    ['zod in a domain', 'contexts/billing/domain/x.ts', `import { z } from 'zod';`],
    ['an adapter from a command', 'contexts/billing/commands/x.ts', `import '../adapters/mikro-orm/index.ts';`],
    ['the facts of another context in a command', 'contexts/billing/commands/x.ts', `import '#events/checkout';`],
    [
      'the relay in a context',
      'contexts/billing/subscribers/x.ts',
      `import { Relay } from '#events/messaging/relay/relay';`,
    ],
    [
      'MikroORM in the post office itself',
      'events/messaging/x.ts',
      `import { MikroORM } from '@mikro-orm/postgresql';`,
    ],
    ['a context in the post office', 'events/messaging/x.ts', `import '#contexts/checkout';`],
    ['anything but zod in the kernel', 'shared-kernel/x.ts', `import 'pino';`],
    ['an entity in a migration', 'migrations/checkout/x.ts', `import '#contexts/checkout/mikro-orm';`],
    ['anything from a folder that no rule knows', 'elsewhere/x.ts', `import 'zod';`],
    ['a dynamic import of another context', 'contexts/billing/commands/x.ts', `await import('#contexts/checkout');`],
  ])('refuse %s', (_what, path, text) => {
    expect(findForbiddenImports([sourceOf(path, text)])).toHaveLength(1);
  });
});
