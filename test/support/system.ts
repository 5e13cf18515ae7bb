import {
  createInMemoryLedger,
  createSandboxGateway,
  type SandboxGateway,
} from '#contexts/billing/adapters/sandbox-gateway';
import { createInMemoryTransport } from '#contexts/notifications/adapters/in-memory-transport';
import { histories } from '#app/contexts';
import type { Backbone } from '#app/persistence/backbone';
import { createMemoryBackbone } from '#app/persistence/memory-backbone';
import { createPostgresBackbone } from '#app/persistence/postgres-backbone';
import { openSystem, type System } from '#app/system';
import type { PasswordHasher } from '#contexts/accounts';
import type { Observer } from '#events/messaging/watching/observer';
import type { LaneSettings } from '#events/messaging/lanes/lane-settings';
import { beginExecution, type Execution, runAs } from '#events/messaging/units/execution';
import type { Tracing } from '#events/messaging/watching/tracing';
import { systemClock } from '#shared-kernel/clock';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { createDatabase } from './database.ts';

/** The whole application without its edges, and with a gateway and a mail server that a test can look into. */
export interface TestSystem extends System, AsyncDisposable {
  readonly gateway: SandboxGateway;
  readonly mail: ReturnType<typeof createInMemoryTransport>;
  readonly backbone: Backbone;
}

export interface TestSystemOptions {
  readonly laneSettings?: Partial<LaneSettings>;
  readonly passwords?: PasswordHasher;
  readonly reportError?: (error: unknown) => void;
  readonly observer?: Observer;
  readonly tracing?: Tracing;
  readonly poolSize?: number;
}

/** Enough to get into each other's way; each costs more to open than most of what is done on it. */
const CONNECTIONS = 4;

/** Hashing is not what these tests are about. */
const plainPasswords: PasswordHasher = {
  hash: async (password) => `plain:${password}`,
  verify: async (password, hash) => hash === `plain:${password}`,
};

export const openMemorySystem = (options?: TestSystemOptions): Promise<TestSystem> =>
  openOn(createMemoryBackbone(systemClock, options), async () => undefined, options);

export async function openPostgresSystem(options?: TestSystemOptions): Promise<TestSystem> {
  const database = await createDatabase(histories);
  return openSystemOn(database.address, options, async () => database[Symbol.asyncDispose]());
}

/** A system on a database that others use as well. */
export function openSystemOn(
  address: DatabaseAddress,
  options: TestSystemOptions = {},
  release: () => Promise<void> = async () => undefined,
): Promise<TestSystem> {
  const { reportError: report = reportError, poolSize = CONNECTIONS, observer, tracing } = options;
  const listeners = { reportError: report, observer, tracing };
  const backbone = createPostgresBackbone(address, { poolSize, clock: systemClock, ...listeners });
  return openOn(backbone, release, options);
}

async function openOn(
  backbone: Backbone,
  release: () => Promise<void>,
  options: TestSystemOptions = {},
): Promise<TestSystem> {
  const gateway = createSandboxGateway({ ledger: createInMemoryLedger(), hang: 20 });
  const mail = createInMemoryTransport();
  const system = await openSystem({
    backbone,
    gateway,
    transport: mail,
    passwords: plainPasswords,
    reportError,
    ...options,
  });
  const close = async () => {
    await system.close();
    await release();
  };
  return { ...system, gateway, mail, backbone, [Symbol.asyncDispose]: close };
}

/** Runs something as the default tenant's, as an edge would. */
export const asOperator = <Result>(work: () => Result, more: Partial<Execution> = {}): Result =>
  runAs(beginExecution({ tenantId: DEFAULT_TENANT, actor: 'test', source: 'test', ...more }), work);

function reportError(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
