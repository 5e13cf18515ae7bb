import type { Contender } from './contender.ts';

/** Who competes, in the order of the tables. A peer is loaded only when it is run: it may not be installed. */
export const CONTENDERS = {
  microlith: async () => (await import('./microlith.ts')).microlith,
  'microlith-set-based': async () => (await import('./microlith.ts')).microlithSetBased,
  'microlith-crowd': async () => (await import('./microlith.ts')).microlithCrowd,
  naive: async () => (await import('./naive-outbox.ts')).naive,
  'naive-mikro-orm': async () => (await import('./naive-mikro-orm.ts')).naiveMikroOrm,
  'naive-set-based': async () => (await import('./naive-outbox.ts')).naiveSetBased,
  'naive-set-based-taking-more': async () => (await import('./naive-outbox.ts')).naiveSetBasedTakingMore,
  'client-limit': async () => (await import('./client-limit.ts')).clientLimit,
  'graphile-default': async () => (await import('./graphile-worker.ts')).graphileDefault,
  'graphile-local-queue': async () => (await import('./graphile-worker.ts')).graphileLocalQueue,
  'pg-boss': async () => (await import('./pg-boss.ts')).pgBossBatches,
  'pg-boss-set-based': async () => (await import('./pg-boss.ts')).pgBossSetBased,
  'pg-transactional-outbox': async () => (await import('./pg-transactional-outbox.ts')).pgTransactionalOutbox,
  'emmett-default': async () => (await import('./emmett.ts')).emmettDefault,
  'emmett-pulling-more': async () => (await import('./emmett.ts')).emmettPullingMore,
} as const satisfies Record<string, () => Promise<Contender>>;

export type ContenderName = keyof typeof CONTENDERS;
