import { setTimeout as sleep } from 'node:timers/promises';
import { beginExecution, runAs } from '#events/messaging/units/execution';
import { causes } from '#events/messaging/lanes/failure';
import { faultOf } from '#events/messaging/lanes/fault';
import { DomainError } from '#shared-kernel/errors';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';

const PATIENCE = 30_000;
const PAUSE = 250;
const TWINS = 3;
const UNIQUE_VIOLATION = '23505';

/**
 * Runs a command or a query as the import's. What fails because the database is away, or because another import does the
 * same at the same time, is asked again: every command is known by its ids.
 */
export async function act<Result>(operation: string, work: () => Promise<Result>): Promise<Result> {
  const execution = beginExecution({ tenantId: DEFAULT_TENANT, actor: 'import', source: operation });
  const deadline = Date.now() + PATIENCE;
  for (let tries = 1; ; tries += 1) {
    try {
      return await runAs(execution, work);
    } catch (error) {
      const isWorthAnother = isTwinsFault(error) ? tries < TWINS : faultOf(error) === 'outage' && Date.now() < deadline;
      if (error instanceof DomainError || !isWorthAnother) throw error;
      await sleep(PAUSE);
    }
  }
}

/** The result; nothing where there is no such thing. */
export async function find<Result>(operation: string, query: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await act(operation, query);
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** The rule that a command broke, as a sentence; nothing where it was carried out. */
export async function brokenRule(operation: string, command: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act(operation, command);
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}

const isTwinsFault = (error: unknown): boolean =>
  causes(error).some((cause) => 'code' in cause && cause.code === UNIQUE_VIOLATION);
