import type { Command } from 'commander';
import type { Operator } from '#events/messaging/adapters/postgresql/operations/audit';
import type { Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { CommandFailed } from '../command-failed.ts';
import { print, printJson } from '../print.ts';
import { withOperations } from '../with-host.ts';
import { operatorOf, type ReasonOption, withReason } from './operator.ts';

type Act = (operations: Operations, subscriber: string, operator: Operator) => Promise<void>;

export function addLaneCommands(events: Command): void {
  add(events, 'pause', 'stop a subscriber, wherever it runs, before its next batch', 'paused', (of, name, by) =>
    of.pause(name, by),
  );
  add(events, 'resume', 'let a paused subscriber go on', 'resumed', resume);
  add(events, 'retire', 'end the lane of a subscriber that the code no longer has', 'retired', (of, name, by) =>
    of.retire(name, by),
  );
}

/** @throws {CommandFailed} where there is nothing to resume */
async function resume(operations: Operations, subscriber: string, operator: Operator): Promise<void> {
  const { lanes } = await operations.status();
  const lane = lanes.find((one) => one.subscriber === subscriber);
  if (lane?.pausedBecause === null) throw new CommandFailed(`${subscriber} was not paused`);
  await operations.resume(subscriber, operator);
}

const add = (events: Command, name: string, description: string, done: string, act: Act): Command =>
  withReason(events.command(name).description(description).argument('<subscriber>'))
    .option('--json', 'as JSON')
    .action((subscriber: string, options: ReasonOption & { readonly json?: boolean }) => {
      const operator = operatorOf(options);
      return withOperations(async (operations) => {
        await act(operations, subscriber, operator);
        if (options.json) printJson({ subscriber, state: done, reason: operator.reason });
        else print(`${subscriber} is ${done}`);
      });
    });
