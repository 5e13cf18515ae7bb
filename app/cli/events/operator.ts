import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { CommandFailed } from '../command-failed.ts';
import type { Operator } from '#events/messaging/adapters/postgresql/operations/audit';

export interface ReasonOption {
  readonly reason?: string;
}

/** Everything that changes something by hand says why. */
export const withReason = (command: Command): Command =>
  command.option('--reason <text>', 'why; it is kept with who did it, and wanted whenever something is changed');

export function operatorOf({ reason }: ReasonOption): Operator {
  if (!reason?.trim()) throw new CommandFailed('--reason is missing: say why', 2);
  return { actor: `operator:${userInfo().username}`, reason };
}

/** A dry run needs no reason. @throws {CommandFailed} */
export const operatorUnlessDry = (options: ReasonOption & { readonly dryRun?: boolean }): Operator | undefined =>
  options.dryRun && !options.reason ? undefined : operatorOf(options);
