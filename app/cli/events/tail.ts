import type { Command } from 'commander';
import { toCloudEvent } from '#events/messaging/facts/cloud-event';
import { BEGINNING, type RecordedEvent } from '#events/messaging/log/log';
import { SettledReader } from '#events/messaging/log/settled-reader';
import { realTiming } from '#events/messaging/timing';
import { readConfig } from '../../config.ts';
import { assertId, choosing } from '../arguments.ts';
import { print } from '../print.ts';
import { assertThere, withHost } from '../with-host.ts';
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

const POLL = 1_000;

async function tail(options: TailOptions): Promise<void> {
  if (options.story) assertId('--story', options.story);
  assertThere(readConfig());
  await withHost(async ({ backbone }) => {
    const { source, bell } = backbone.follow();
    const reader = new SettledReader(source, realTiming);
    reader.startAt(options.fromBeginning ? { ...BEGINNING, position: await source.floor() } : await reader.findEnd());
    const state = { isOver: false };
    const stop = () => {
      state.isOver = true;
      bell.retire();
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    while (!state.isOver) {
      const page = await reader.next();
      for (const event of page?.events ?? []) if (isWanted(event, options)) print(render(event, options));
      if (!page) await bell.wait(reader.isHeldBack ? 5 : POLL);
    }
  });
}

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
