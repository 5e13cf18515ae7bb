import { counted } from '#events/messaging/watching/counted';
import type { StoryNode } from '../story.ts';

const SIGNS = { command: '▶', event: '●', reaction: '↳' } as const;

/** The tree, with times since its beginning. */
export function renderStory(story: readonly StoryNode[]): string {
  const began = story[0]!.at;
  const lines = story.flatMap((node) => [
    `${SIGNS.command} ${node.name}  by ${node.actor}, ${node.at.toISOString()}`,
    ...renderChildren(node, '', began),
  ]);
  return lines.join('\n');
}

function renderChildren({ children }: StoryNode, indent: string, began: Date): string[] {
  return children.flatMap((child, at) => {
    const isLast = at === children.length - 1;
    return [
      `${indent}${isLast ? '└─' : '├─'} ${SIGNS[child.kind]} ${child.name}  ${sinceText(child.at, began)}${troubleOf(child)}`,
      ...renderChildren(child, `${indent}${isLast ? '   ' : '│  '}`, began),
    ];
  });
}

function troubleOf({ unhandled }: StoryNode): string {
  if (!unhandled) return '';
  const { state, attempts, error } = unhandled;
  const how = attempts > 0 ? `${state} after ${counted(attempts, 'attempt')}` : state;
  return `  ✗ ${how}: ${error?.split('\n')[0] ?? 'it waits behind an older one'}`;
}

function sinceText(at: Date, began: Date): string {
  const milliseconds = at.getTime() - began.getTime();
  return milliseconds < 10_000 ? `+${milliseconds} ms` : `+${(milliseconds / 1000).toFixed(1)} s`;
}
