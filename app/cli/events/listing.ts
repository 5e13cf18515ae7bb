import type { Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import type { System } from '../../system.ts';
import { wholeNumber } from '../arguments.ts';
import { print, printJson } from '../print.ts';
import { withOperations } from '../with-host.ts';

export interface ListOptions {
  readonly limit: string;
  readonly json?: boolean;
}

/** What can be listed, and how it is told. */
interface Listed<Item> {
  /** Of the filter. @throws {CommandFailed} */
  readonly assertKnown: () => Promise<void>;
  readonly list: (limit: number) => Promise<readonly Item[]>;
  /** All of them, however many that are. */
  readonly count: () => Promise<number>;
  readonly render: (items: readonly Item[]) => string;
  readonly none: string;
}

/**
 * Prints no more than is wanted, and how many more there are: beside JSON, which stays a list, on the other output.
 * @throws {CommandFailed}
 */
export function printList<Item>(
  { limit, json }: ListOptions,
  of: (operations: Operations, system: System) => Listed<Item>,
): Promise<void> {
  const most = wholeNumber('--limit', limit, 1);
  return withOperations(async (operations, system) => {
    const { assertKnown, list, count, render, none } = of(operations, system);
    await assertKnown();
    const items = await list(most);
    if (json) printJson(items);
    else print(items.length === 0 ? none : render(items));
    const more = items.length < most ? 0 : (await count()) - items.length;
    if (more > 0) sayMore(more, json ? process.stderr : process.stdout);
  });
}

/** Chooses all there is. */
export const isEmpty = (filter: object): boolean => Object.keys(filter).length === 0;

const sayMore = (more: number, to: NodeJS.WriteStream): unknown =>
  to.write(`and ${more.toLocaleString('en')} more (see --limit)\n`);
