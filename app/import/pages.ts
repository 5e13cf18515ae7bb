import type { Page } from '#shared-kernel/page';

const LARGEST = 100;

/** Everything in a paged list. */
export async function allPages<Item>(
  readPage: (page: { readonly limit: number; readonly after?: string }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let after: string | null | undefined; after !== null;) {
    const page: Page<Item> = await readPage({ limit: LARGEST, ...(after !== undefined && { after }) });
    items.push(...page.items);
    after = page.next;
  }
  return items;
}
