import type { Command } from 'commander';
import type { RequestAction } from '#events/messaging/adapters/postgresql/operations/act-on-requests';
import type { RequestFilter, RequestItem } from '#events/messaging/adapters/postgresql/operations/requests';
import { counted } from '#events/messaging/watching/counted';
import { assertOneOrAll, choosing } from '../arguments.ts';
import { CommandFailed } from '../command-failed.ts';
import { print, printJson } from '../print.ts';
import { renderTable } from '../table.ts';
import { watched } from '../watched.ts';
import { withOperations } from '../with-host.ts';
import { inBrief } from '../in-brief.ts';
import { assertKind } from './known-names.ts';
import { isEmpty, type ListOptions, printList } from './listing.ts';
import { operatorUnlessDry, type ReasonOption, withReason } from './operator.ts';

interface FilterOptions {
  readonly kind?: string;
  readonly key?: string;
  readonly error?: string;
  readonly dead?: boolean;
  readonly json?: boolean;
}

interface ActionOptions extends FilterOptions, ReasonOption {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

export function addRequests(events: Command): void {
  const requests = events.command('requests').description('what is asked of the outside, and has not ended');
  withFilter(requests.command('list').description('what has not ended, how often it was tried, and why it failed'))
    .option('--limit <count>', 'at most so many', '100')
    .action(list);
  requests
    .command('show')
    .description('one request, in each tenant that has one of this id, with its whole error')
    .argument('<id>')
    .option('--json', 'as JSON')
    .action(show);
  addAction(
    requests,
    'retry',
    'try again now, with fresh attempts; what is answered is recorded, and not called again',
  );
  addAction(requests, 'skip', 'give the request up: nobody hears how it ended; the rest of its key goes on');
}

const withFilter = (command: Command): Command =>
  command
    .addOption(choosing('--kind <kind>', 'only of this kind, such as billing.capturePayment'))
    .addOption(choosing('--key <key>', 'only of this key'))
    .addOption(choosing('--error <text>', 'only those whose error has this text'))
    .option('--dead', 'only those that are no longer tried')
    .option('--json', 'as JSON');

const addAction = (requests: Command, action: RequestAction, description: string): Command =>
  withReason(
    withFilter(
      requests.command(action).description(description).argument('[id]', 'the id of a request; or give --all'),
    ),
  )
    .option('--all', 'every one that matches and is not under way')
    .option('--dry-run', 'only count')
    .action((id: string | undefined, options: ActionOptions) => act(action, id, options));

const filterOf = ({ kind, key, error, dead }: FilterOptions, id?: string): RequestFilter => ({
  ...(id && { id }),
  ...(kind && { kind }),
  ...(key && { key }),
  ...(error && { error }),
  ...(dead && { isDead: true }),
});

const list = (options: FilterOptions & ListOptions): Promise<void> => {
  const filter = filterOf(options);
  return printList(options, (operations, system) => ({
    assertKnown: () => assertKind(filter.kind, { names: operations.names, system }),
    list: (limit) => operations.listRequests(filter, limit),
    count: () => operations.countRequests(filter),
    render: renderList,
    none: isEmpty(filter) ? 'all requests have ended' : 'no request that has not ended matches',
  }));
};

const show = (id: string, { json }: { readonly json?: boolean }): Promise<void> =>
  withOperations(async (operations) => {
    const items = await operations.listRequests({ id }, 100);
    if (items.length === 0) throw new CommandFailed(`no request that has not ended has the id ${id}`);
    if (json) printJson(items);
    else for (const item of items) print(`${renderList([item])}\n\n${item.error ?? 'nothing has failed yet'}\n`);
  });

async function act(action: RequestAction, id: string | undefined, options: ActionOptions): Promise<void> {
  assertOneOrAll(id, options);
  const filter = filterOf(options, id);
  const operator = operatorUnlessDry(options);
  await withOperations(async (operations, system) => {
    await assertKind(filter.kind, { names: operations.names, system });
    const matching = await operations.planRequests(filter);
    const underWay = Math.max(0, (await operations.countRequests(filter)) - matching);
    if (!operator || options.dryRun) return report(options, { action, matching, underWay, done: 0 });
    if (matching === 0) throw new CommandFailed(underWay > 0 ? renderUnderWay(underWay) : NOTHING);
    const { result: done, stopped } = await watched(action, (onlooker) =>
      operations.actOnRequests(action, { filter, operator }, onlooker),
    );
    report(options, { action, matching, underWay, done });
    if (stopped) throw stopped;
    if (done < matching) process.exitCode = 1;
  });
}

const NOTHING = 'nothing that matches can be acted on: no request that has not ended matches';

function report(
  { json, dryRun = false }: ActionOptions,
  outcome: {
    readonly action: RequestAction;
    readonly matching: number;
    readonly underWay: number;
    readonly done: number;
  },
): void {
  const { action, matching, underWay, done } = outcome;
  if (json) return printJson({ ...outcome, isDryRun: dryRun });
  print(dryRun ? `would ${action} ${matching}` : `${action}: ${done} of ${matching}`);
  const missed = dryRun ? 0 : matching - done;
  if (underWay + missed > 0) print(renderUnderWay(underWay + missed));
}

const renderUnderWay = (count: number): string =>
  `${counted(count, 'that matches is left alone: a process has it', 'that match are left alone: processes have them')} at this moment; give the command again where events requests list still has ${count === 1 ? 'it' : 'them'}`;

const renderList = (items: readonly RequestItem[]): string =>
  renderTable(
    ['request', 'kind', 'key', 'state', 'calls', 'answered', 'recordings', 'asked', 'due', 'error'],
    items.map(({ id, kind, key, state, attempts, isAnswered, recordings, askedAt, dueAt, error }) => [
      id,
      kind,
      key ?? '-',
      state,
      attempts,
      isAnswered ? 'yes' : 'no',
      recordings,
      askedAt.toISOString(),
      state === 'dead' || state === 'behind' ? '-' : dueAt.toISOString(),
      inBrief(error),
    ]),
  );
