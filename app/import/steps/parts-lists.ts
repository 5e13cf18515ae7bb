import { act, brokenRule } from '../act.ts';
import type { BookedPartsList } from '../book/parts-lists.ts';
import { each } from '../each.ts';
import { parts as table } from '../files/tables.ts';
import { productIdOf } from '../names.ts';
import type { Run } from '../run.ts';

/** One after the other: which of two lists would close a circle does not depend on luck. */
const AT_ONCE = 1;

/** Gives assemblies that have no parts list theirs. */
export async function setPartsLists(run: Run, lists: readonly BookedPartsList[]): Promise<void> {
  const stage = run.progress.begin('parts lists', lists.length);
  await each(lists, { atOnce: AT_ONCE, stop: run.stop }, async (list) => {
    await setPartsList(run, list);
    stage.advance();
  });
  stage.end();
}

async function setPartsList({ findings, system }: Run, { assembly, lines }: BookedPartsList): Promise<void> {
  const { commands, queries } = system.contexts.catalog;
  const tally = findings.of(table);
  const productId = productIdOf(assembly);
  const parts = lines.map(({ part, quantity }) => ({ productId: productIdOf(part), quantity }));
  const { parts: there } = await act('catalog.getPartsList', () => queries.getPartsList(productId));
  if (there.length > 0) {
    tally.alreadyThere += lines.length;
    if (isSame(parts, there)) return;
    const reason = 'the parts list is another by now, here; it is left as it is';
    findings.warn(table, lines[0]!, { field: 'assemblyProductId', value: assembly, reason });
    return;
  }
  const reason = await brokenRule('catalog.revisePartsList', () => commands.revisePartsList({ productId, parts }));
  if (reason === undefined) tally.imported += lines.length;
  else
    for (const line of lines) findings.reject(table, line, { field: 'componentProductId', value: line.part, reason });
}

type Part = { readonly productId: string; readonly quantity: number };

const isSame = (a: readonly Part[], b: readonly Part[]) =>
  a.length === b.length &&
  a.every((part, at) => part.productId === b[at]!.productId && part.quantity === b[at]!.quantity);
