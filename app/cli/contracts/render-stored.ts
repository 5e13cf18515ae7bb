import type { StoredLane } from '#events/messaging/adapters/postgresql/operations/stored-facts';
import { counted } from '#events/messaging/watching/counted';
import type { Unreadable } from '#events/messaging/facts/stored-check';
import type { StoredVerdict } from './against.ts';

/** What of a database the code cannot read, or does not work, and what to do about it. */
export function renderStored({ facts, unreadable, orphans }: StoredVerdict): string {
  const count = unreadable.reduce((sum, group) => sum + group.count, 0);
  return [
    `${counted(facts, 'stored fact')}: ${facts - count} can be read, ${count} cannot`,
    ...unreadable.flatMap((group) => ['', ...renderGroup(group)]),
    ...(orphans.length === 0 ? [] : ['', ...renderOrphans(orphans)]),
  ].join('\n');
}

function renderGroup({ type, version, state, problem, count, examples }: Unreadable): readonly string[] {
  return [
    `✗ ${count} × ${type} v${version}, ${state}: ${WHAT[problem]}`,
    ...examples.flatMap(({ id, position, why }) => [
      `    ${state === 'scheduled' ? '' : `position ${position}, `}${id}`,
      ...why.split('\n').map((line) => `      ${line}`),
    ]),
    ...(count > examples.length ? [`    and ${count - examples.length} more`] : []),
  ];
}

const WHAT = {
  unknown: 'this code does not know it. It would be kept until code that does comes',
  broken: 'it is not what its schema, or the steps that lead to it, say',
};

const renderOrphans = (orphans: readonly StoredLane[]): readonly string[] => [
  `✗ ${counted(orphans.length, 'lane has', 'lanes have')} no subscriber in this code: what lies ahead there is not handled, and history is kept for it`,
  ...orphans.map(({ names, at }) => `    ${names.toReversed().join(', formerly ')}, at position ${at}`),
  '    A renamed subscriber keeps its old name among its aliases. One that is gone for good: npx microlith events retire <subscriber> --reason …',
];
