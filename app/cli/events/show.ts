import type { Command } from 'commander';
import type { ShownEvent } from '#events/messaging/adapters/postgresql/operations/show';
import { assertId } from '../arguments.ts';
import { renderTable } from '../table.ts';
import { CommandFailed } from '../command-failed.ts';
import { print, printJson } from '../print.ts';
import { withOperations } from '../with-host.ts';
import { dataOf, type PersonalOption, withPersonal } from './personal.ts';

interface ShowOptions extends PersonalOption {
  readonly json?: boolean;
}

export const addShow = (events: Command): Command =>
  withPersonal(events.command('show'))
    .description('one event: what it says, who handled it when, attempts and errors')
    .argument('<id>', 'the id of an event')
    .option('--json', 'as JSON')
    .action((id: string, options: ShowOptions) => {
      assertId('<id>', id);
      return withOperations(async (operations) => {
        const shown = await operations.show(id);
        if (!shown) throw new CommandFailed(`there is no event ${id}`);
        const data = dataOf(shown.event, options);
        if (options.json) printJson({ ...shown, event: { ...shown.event, data } });
        else print(render(shown, data));
      });
    });

function render({ event, isPruned, receptions, operations }: ShownEvent, data: unknown): string {
  const rows = receptions.map(({ subscriber, state, at, attempts, error }) => [
    subscriber,
    state,
    at?.toISOString() ?? '-',
    String(attempts),
    error?.split('\n')[0] ?? '',
  ]);
  return [
    `${event.type} v${event.version}  ${event.id}`,
    `position ${event.position}${isPruned ? ' (pruned; it is kept where it is parked)' : ''}, tenant ${event.tenantId}, key ${event.key ?? '-'}`,
    `occurred ${event.occurredAt.toISOString()}, recorded ${event.recordedAt.toISOString()}`,
    `by ${event.actor} through ${event.source}; story ${event.correlationId}, caused by ${event.causationId}`,
    JSON.stringify(data, null, 2),
    '',
    renderTable(['subscriber', 'state', 'at', 'attempts', 'error'], rows),
    ...operations.map(
      ({ at, actor, action, subscriber, reason }) =>
        `${at.toISOString()}  ${action} at ${subscriber} by ${actor}: ${reason}`,
    ),
  ].join('\n');
}
