import type { ProductId } from '#shared-kernel/ids';
import { type Catalog, list } from './office.ts';

type Parts = Readonly<Record<string, number>>;

/** Lists what is named, then says of each what it is built of. */
export async function build(office: Catalog, lists: Readonly<Record<string, Parts>>) {
  const skus = new Set(Object.entries(lists).flatMap(([assembly, parts]) => [assembly, ...Object.keys(parts)]));
  const ids = new Map<string, ProductId>();
  for (const sku of skus) ids.set(sku, await list(office, sku));
  const idOf = (sku: string) => ids.get(sku)!;
  const revise = (assembly: string, parts: Parts) =>
    office.as(() =>
      office.context.commands.revisePartsList({
        productId: idOf(assembly),
        parts: Object.entries(parts).map(([sku, quantity]) => ({ productId: idOf(sku), quantity })),
      }),
    );
  for (const [assembly, parts] of Object.entries(lists)) await revise(assembly, parts);
  await office.published();
  const explode = (sku: string, quantity = 1) =>
    office.as(() => office.context.queries.explodePartsList({ productId: idOf(sku), quantity }));
  return { idOf, revise, explode };
}
