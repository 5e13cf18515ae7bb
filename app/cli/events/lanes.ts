import type { Command } from 'commander';
import type { Operator } from '#events/messaging/adapters/postgresql/operations/audit';
import type { Retired } from '#events/messaging/adapters/postgresql/operations/lanes';
import type { Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { counted } from '#events/messaging/watching/counted';
import { print, printJson } from '../print.ts';
import { withOperations } from '../with-host.ts';
import { operatorOf, type ReasonOption, withReason } from './operator.ts';

type Act = (operations: Operations, subscriber: string, operator: Operator) => Promise<Retired | void>;

export function addLaneCommands(events: Command): void {
  add(events, 'pause', 'stop a subscriber, wherever it runs, before its next batch', 'paused', (of, name, by) =>
    of.pause(name, by),
  );
  add(
    events,
    'resume',
    'let a subscriber go on that was paused or retired, where it stood',
    'resumed',
    (of, name, by) => of.resume(name, by),
  );
  add(events, 'retire', 'end the lane of a subscriber that no code has any more', 'retired', (of, name, by) =>
    of.retire(name, by),
  );
}

const add = (events: Command, name: string, description: string, done: string, act: Act): Command =>
  withReason(events.command(name).description(description).argument('<subscriber>'))
    .option('--json', 'as JSON')
    .action((subscriber: string, options: ReasonOption & { readonly json?: boolean }) => {
      const operator = operatorOf(options);
      return withOperations(async (operations) => {
        const left = await act(operations, subscriber, operator);
        if (options.json) return printJson({ subscriber, state: done, reason: operator.reason, ...left });
        print(`${subscriber} is ${done}`);
        if (left && left.parked > 0) print(renderLeft(subscriber, left));
      });
    });

const renderLeft = (subscriber: string, { parked }: Retired): string =>
  `it leaves ${counted(parked, 'parked event')}, which nobody tries any more; to give up what is parked: npx microlith events parked discard --all --subscriber ${subscriber} --reason …`;
