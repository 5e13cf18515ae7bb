import type { Command } from 'commander';
import { BOOKKEEPING_DAYS, type Pruned } from '#events/messaging/adapters/postgresql/operations/prune';
import { readConfig } from '../../config.ts';
import { days } from '../arguments.ts';
import { print, printJson } from '../print.ts';
import { UNCHANGED, watched } from '../watched.ts';
import { withOperations } from '../with-host.ts';
import { operatorOf, type ReasonOption, withReason } from './operator.ts';

interface PruneOptions extends ReasonOption {
  readonly history?: string;
  readonly bookkeeping: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export const addPrune = (events: Command): Command =>
  withReason(
    events
      .command('prune')
      .description(
        'drop what nobody needs any more: whole partitions of the log, and old bookkeeping; a server does so once a day',
      ),
  )
    .option(
      '--history <days>',
      'facts that everybody has handled and that are older; left out: MICROLITH_HISTORY, or they are kept for ever',
    )
    .option(
      '--bookkeeping <days>',
      'ledger rows, idempotency keys and answered requests that are older; a day at least',
      String(BOOKKEEPING_DAYS),
    )
    .option('--dry-run', 'say what it would drop, and drop nothing')
    .option('--json', 'as JSON')
    .action(prune);

/** A request that is sent again under its key within a day is no new one. */
const LEAST_BOOKKEEPING = 1;

async function prune(options: PruneOptions): Promise<void> {
  const { history, bookkeeping, dryRun = false, json } = options;
  const retention = {
    history: history === undefined ? (readConfig().historyDays ?? null) : days('--history', history),
    bookkeeping: days('--bookkeeping', bookkeeping, LEAST_BOOKKEEPING),
  };
  const operator = dryRun ? undefined : operatorOf(options);
  await withOperations(async (operations) => {
    const { result, stopped } = operator
      ? await watched('bookkeeping', (onlooker) => operations.prune(retention, operator, onlooker))
      : await watched('bookkeeping', (onlooker) => operations.planPrune(retention, onlooker), UNCHANGED);
    if (json) printJson({ ...result, isDryRun: dryRun });
    else print(render(result, dryRun));
    if (stopped) throw stopped;
  });
}

const render = ({ partitions, ledgerRows, idempotencyKeys, requests, recoveries }: Pruned, isDryRun: boolean): string =>
  [
    `partitions ${isDryRun ? 'to drop' : 'dropped'}: ${partitions.join(', ') || 'none'}`,
    `ledger rows: ${ledgerRows}, idempotency keys: ${idempotencyKeys}, requests: ${requests}, recoveries: ${recoveries}`,
  ].join('\n');
