import type { Command } from 'commander';
import type { ParkedAction, ParkedPlan } from '#events/messaging/adapters/postgresql/operations/act-on-parked';
import type { ParkedFilter, ParkedItem } from '#events/messaging/adapters/postgresql/operations/parked';
import { counted } from '#events/messaging/watching/counted';
import { assertId, assertOneOrAll, choosing } from '../arguments.ts';
import { renderTable } from '../table.ts';
import { CommandFailed } from '../command-failed.ts';
import { print, printJson } from '../print.ts';
import { watched } from '../watched.ts';
import { withOperations } from '../with-host.ts';
import { inBrief } from '../in-brief.ts';
import { assertType } from './known-names.ts';
import { isEmpty, type ListOptions, printList } from './listing.ts';
import { operatorUnlessDry, type ReasonOption, withReason } from './operator.ts';

interface FilterOptions {
  readonly subscriber?: string;
  readonly type?: string;
  readonly key?: string;
  readonly error?: string;
  readonly dead?: boolean;
  readonly json?: boolean;
}

interface ActionOptions extends FilterOptions, ReasonOption {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

export function addParked(events: Command): Command {
  const parked = events.command('parked').description('events that were set aside because they failed');
  withFilter(
    parked.command('list').description('what is parked, and why; `head` can be acted on, the rest waits behind it'),
  )
    .option('--limit <count>', 'at most so many', '100')
    .action(list);
  parked
    .command('show')
    .description('one parked event, at each subscriber that parked it, with its whole error')
    .argument('<id>')
    .option('--json', 'as JSON')
    .action(show);
  addAction(parked, 'retry', 'try again now, with fresh attempts');
  addAction(parked, 'skip', 'give the event up, and let the rest of its key go on');
  addAction(parked, 'discard', 'give up the event and everything that waits behind it');
  return parked;
}

const withFilter = (command: Command): Command =>
  command
    .addOption(choosing('--subscriber <name>', 'only of this subscriber'))
    .addOption(choosing('--type <type>', 'only of this type'))
    .addOption(choosing('--key <key>', 'only of this key'))
    .addOption(choosing('--error <text>', 'only those whose error has this text'))
    .option('--dead', 'only those that are no longer tried')
    .option('--json', 'as JSON');

const addAction = (parked: Command, action: ParkedAction, description: string): Command =>
  withReason(
    withFilter(parked.command(action).description(description).argument('[id]', 'the id of an event; or give --all')),
  )
    .option('--all', 'every head that matches')
    .option('--dry-run', 'only count')
    .action((id: string | undefined, options: ActionOptions) => act(action, id, options));

const filterOf = ({ subscriber, type, key, error, dead }: FilterOptions, eventId?: string): ParkedFilter => ({
  ...(eventId && { eventId }),
  ...(subscriber && { subscriber }),
  ...(type && { type }),
  ...(key && { key }),
  ...(error && { error }),
  ...(dead && { isDead: true }),
});

const list = (options: FilterOptions & ListOptions): Promise<void> => {
  const filter = filterOf(options);
  return printList(options, (operations) => ({
    assertKnown: () => assertType(filter.type, operations),
    list: (limit) => operations.listParked(filter, limit),
    count: () => operations.countParked(filter),
    render: renderList,
    none: isEmpty(filter) ? 'nothing is parked' : 'nothing that is parked matches',
  }));
};

const show = (id: string, { json }: { readonly json?: boolean }): Promise<void> => {
  assertId('<id>', id);
  return withOperations(async (operations) => {
    const items = await operations.listParked({ eventId: id }, 100);
    if (items.length === 0) throw new CommandFailed(`no parked event has the id ${id}`);
    if (json) printJson(items);
    else
      for (const item of items)
        print(`${renderList([item])}\n\n${item.error ?? 'no error: it waits behind an older one'}\n`);
  });
};

async function act(action: ParkedAction, id: string | undefined, options: ActionOptions): Promise<void> {
  assertOneOrAll(id, options);
  if (id) assertId('<id>', id);
  const filter = filterOf(options, id);
  const operator = operatorUnlessDry(options);
  await withOperations(async (operations) => {
    await assertType(filter.type, operations);
    const plan = await operations.planAction(action, { filter, ...(operator && { operator }) });
    if (!operator || options.dryRun) return report(options, { action, ...plan, done: 0 });
    if (plan.heads === 0 && plan.leftAlone === 0)
      throw new CommandFailed('nothing that matches can be acted on: only the head of a key can');
    const { result: done, stopped } = await watched(action, (onlooker) =>
      operations.actOnParked(action, { filter, operator }, onlooker),
    );
    report(options, { action, ...plan, done });
    if (stopped) throw stopped;
    if (plan.heads === 0 || done < plan.heads) process.exitCode = 1;
  });
}

function report(
  { json, dryRun }: ActionOptions,
  outcome: ParkedPlan & { readonly action: ParkedAction; readonly done: number },
): void {
  if (json) return printJson({ ...outcome, isDryRun: dryRun ?? false });
  const { action, heads, behind, leftAlone, done } = outcome;
  const others = action === 'discard' && behind > 0 ? ` and ${counted(behind, 'that waits', 'that wait')} behind` : '';
  print(dryRun ? `would ${action} ${heads}${others}` : `${action}: ${done} of ${heads}${others}`);
  if (leftAlone > 0) print(renderLeftAlone(leftAlone));
  if (!dryRun && done < heads) print(renderMissed(heads - done));
}

const renderMissed = (count: number): string =>
  `${counted(count, 'head was left alone: it is', 'heads were left alone: they are')} being tried at this moment, or settled meanwhile; give the command again where events parked list still has ${count === 1 ? 'it' : 'them'}`;

const renderLeftAlone = (count: number): string =>
  `${counted(count, 'head was left alone: it', 'heads were left alone: they')} waited behind what was skipped for this reason; give another reason to skip ${count === 1 ? 'it' : 'them'} too`;

const renderList = (items: readonly ParkedItem[]): string =>
  renderTable(
    ['event', 'type', 'key', 'subscriber', 'attempts', 'state', 'due', 'error'],
    items.map(({ eventId, type, key, subscriber, attempts, isDead, isHead, dueAt, error }) => [
      eventId,
      type,
      key ?? '-',
      subscriber,
      attempts,
      isHead ? (isDead ? 'head, dead' : 'head') : 'behind',
      isHead && !isDead ? dueAt.toISOString() : '-',
      inBrief(error),
    ]),
  );
