import type { Command } from 'commander';
import { z } from 'zod';
import { readConfig } from '../config.ts';
import { renderStory } from './render-story.ts';
import { CommandFailed } from './command-failed.ts';
import { print, printJson } from './print.ts';
import { assertThere, withHost } from './with-host.ts';

export const addTrace = (program: Command): Command =>
  program
    .command('trace')
    .description("an order's way through all contexts, as a tree with times")
    .argument('<orderId>', 'the id of an order, or of any other story (a correlation id)')
    .option('--json', 'the tree as JSON')
    .action(trace);

async function trace(orderId: string, { json }: { json?: boolean }): Promise<void> {
  const id = z.uuid().toLowerCase().safeParse(orderId);
  if (!id.success) throw new CommandFailed(`${orderId} is not an id: it must be a UUID`, 2);
  assertThere(readConfig());
  await withHost(async ({ system }) => {
    const story = await system.tellStory(id.data);
    if (story.length === 0) throw new CommandFailed(`nothing is known of ${id.data}`);
    if (json) printJson(story);
    else print(renderStory(story));
  });
}
