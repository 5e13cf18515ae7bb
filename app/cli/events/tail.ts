import type { Command } from 'commander';
import { toCloudEvent } from '#events/messaging/facts/cloud-event';
import type { RecordedEvent } from '#events/messaging/log/log';
import { readConfig } from '../../config.ts';
import { assertId, choosing } from '../arguments.ts';
import { print } from '../print.ts';
import { assertThere, withHost } from '../with-host.ts';
import { followLog } from './follow-log.ts';
import { assertBeginning } from './known-names.ts';
import { dataOf, type PersonalOption, withPersonal } from './personal.ts';

interface TailOptions extends PersonalOption {
  readonly type?: string;
  readonly key?: string;
  readonly tenant?: string;
  readonly story?: string;
  readonly fromBeginning?: boolean;
  readonly json?: boolean;
}

export const addTail = (events: Command): Command =>
  withPersonal(events.command('tail'))
    .description('events as they settle, until Ctrl-C')
    .addOption(choosing('--type <prefix>', 'only types that begin so: checkout, or checkout.OrderPlaced'))
    .addOption(choosing('--key <key>', 'only of this key'))
    .addOption(choosing('--tenant <id>', 'only of this tenant'))
    .addOption(choosing('--story <id>', 'only of this correlation id'))
    .option('--from-beginning', 'the whole history first')
    .option('--json', 'a CloudEvent (1.0, JSON) per line')
    .action(tail);

async function tail(options: TailOptions): Promise<void> {
  if (options.story) assertId('--story', options.story);
  assertThere(readConfig());
  await withHost(async (host) => {
    await assertBeginning(options.type, host.operations());
    const { source, bell } = host.backbone.follow();
    const stop = new AbortController();
    stop.signal.addEventListener('abort', () => bell.retire());
    const end = () => stop.abort();
    const onBegun = () => void process.once('SIGINT', end).once('SIGTERM', end);
    const onEvents = (events: readonly RecordedEvent[]) => {
      for (const event of events) if (isWanted(event, options)) print(render(event, options));
    };
    const fromBeginning = options.fromBeginning ?? false;
    await followLog({ source, bell, fromBeginning, onBegun, onEvents, say, signal: stop.signal });
  });
}

const say = (what: string) => void process.stderr.write(`microlith: ${what}\n`);

const isWanted = (event: RecordedEvent, { type, key, tenant, story }: TailOptions): boolean =>
  (!type || event.type.startsWith(type)) &&
  (!key || event.key === key) &&
  (!tenant || event.tenantId === tenant) &&
  (!story || event.correlationId === story);

function render(event: RecordedEvent, options: TailOptions): string {
  const data = dataOf(event, options);
  if (options.json) return JSON.stringify({ ...toCloudEvent(event), data });
  const { recordedAt, position, type, key } = event;
  return `${recordedAt.toISOString()}  ${position}  ${type}  ${key ?? '-'}  ${JSON.stringify(data)}`;
}
