import type { Command } from 'commander';
import type { ReplayPlan } from '#events/messaging/adapters/postgresql/operations/replay';
import type { ReplayStart } from '#events/messaging/adapters/postgresql/operations/replay-start';
import { counted } from '#events/messaging/watching/counted';
import { positionOrMoment } from '../arguments.ts';
import { print, printJson } from '../print.ts';
import { UNCHANGED, watched } from '../watched.ts';
import { withOperations } from '../with-host.ts';
import { operatorOf, type ReasonOption, withReason } from './operator.ts';

interface ReplayOptions extends ReasonOption {
  readonly from: string;
  readonly dryRun?: boolean;
  readonly allowCalls?: boolean;
  readonly json?: boolean;
}

export const addReplay = (events: Command): Command =>
  withReason(
    events
      .command('replay')
      .description('let a subscriber handle history again; its handler must be one that can')
      .argument('<subscriber>')
      .requiredOption('--from <start>', 'a position, or a moment such as 2026-01-31T00:00:00Z'),
  )
    .option('--dry-run', 'only say what would be handled again')
    .option(
      '--allow-calls',
      'make new calls to the outside too: without it they are withheld, and answers that are there are used',
    )
    .option('--json', 'as JSON')
    .action(replay);

async function replay(subscriber: string, options: ReplayOptions): Promise<void> {
  const start = startOf(options.from);
  const operator = options.dryRun ? undefined : operatorOf(options);
  await withOperations(async (operations) => {
    const makesCalls = options.allowCalls ?? false;
    const { result: plan } = await watched(
      'counting',
      (onlooker) =>
        operator
          ? operations.startReplay(subscriber, { start, makesCalls, operator }, onlooker)
          : operations.planReplay(subscriber, start, onlooker),
      UNCHANGED,
    );
    if (options.json) printJson({ ...plan, makesCalls, isDryRun: !operator });
    else print(render(plan, !operator));
    if (operator && plan.events === 0 && !plan.isLost) process.exitCode = 1;
  });
}

function startOf(text: string): ReplayStart {
  const start = positionOrMoment('--from', text);
  return typeof start === 'number' ? { position: start } : { since: start };
}

function render({ subscriber, after, until, events, end, ...lost }: ReplayPlan, isDryRun: boolean): string {
  if (lost.isLost)
    return [
      `${subscriber} stands at position ${until}, which the log does not have any more; of what it handled, the log has what is up to position ${lost.handledThrough}`,
      `it ${isDryRun ? 'would begin' : 'begins'} at position ${after + 1}: ${counted(events, 'event comes', 'events come')} again, ${counted(lost.passedOver, 'is', 'are')} passed over and never handled`,
    ].join('\n');
  if (events === 0)
    return `nothing to replay: up to position ${until}, where ${subscriber} is, it has no event from there on; the log ends at ${end}`;
  return `${subscriber} ${isDryRun ? 'would handle' : 'handles'} again ${counted(events, 'event')}, from position ${after + 1} to ${until}`;
}
