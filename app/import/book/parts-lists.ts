import type { Findings } from '../findings.ts';
import { parts, products } from '../files/tables.ts';
import type { Row } from '../files/table.ts';
import { goodRows, missing, repeated, type Source } from './reader.ts';

type PartRow = Row<typeof parts.schema>;

/** What one assembly is built of, as the files say it now. */
export interface BookedPartsList {
  readonly assembly: string;
  readonly lines: readonly { readonly line: number; readonly part: string; readonly quantity: number }[];
}

const LONGEST = 1000;

/** The parts lists of today; a list with a bad line is left out as a whole, since nothing can be built by half a list. */
export async function readPartsLists(
  source: Source,
  isKnown: (product: string) => boolean,
): Promise<readonly BookedPartsList[]> {
  const { findings } = source;
  const brokenBy = new Map<string, number>();
  const lists = new Map<string, PartRow[]>();
  const rows = goodRows(source, parts, ({ fields, line }) => {
    if (fields['assemblyProductId'] && !fields['end']) brokenBy.set(fields['assemblyProductId'], line);
  });
  for await (const row of rows) {
    const { assemblyProductId: assembly, end } = row;
    if (assembly === null || end !== null) {
      findings.of(parts).leftOut += 1;
      continue;
    }
    const list = lists.get(assembly) ?? [];
    lists.set(assembly, list);
    const faults = faultsOf(row, list, isKnown);
    if (faults.length === 0) list.push(row);
    else {
      findings.reject(parts, row, ...faults);
      brokenBy.set(assembly, row.line);
    }
  }
  return [...lists].flatMap(([assembly, list]) => keepWhole(findings, assembly, list, brokenBy.get(assembly)));
}

function faultsOf(row: PartRow, list: readonly PartRow[], isKnown: (product: string) => boolean) {
  const { assemblyProductId: assembly, componentProductId: part } = row;
  const before = list.find(({ componentProductId }) => componentProductId === part);
  return [
    ...(isKnown(assembly!) ? [] : [missing('assemblyProductId', assembly!, products)]),
    ...(isKnown(part) ? [] : [missing('componentProductId', part, products)]),
    ...(before ? [repeated('componentProductId', part, before.line)] : []),
    ...(list.length === LONGEST ? [{ field: 'assemblyProductId', reason: `has more than ${LONGEST} parts` }] : []),
  ];
}

function keepWhole(
  findings: Findings,
  assembly: string,
  list: readonly PartRow[],
  brokenBy: number | undefined,
): BookedPartsList[] {
  if (brokenBy === undefined) {
    const lines = list.map(({ line, componentProductId: part, quantityPerAssembly: quantity }) => ({
      line,
      part,
      quantity,
    }));
    return [{ assembly, lines }];
  }
  const reason = `the parts list is left out as a whole: line ${brokenBy} of it was rejected`;
  for (const row of list) findings.reject(parts, row, { field: 'assemblyProductId', value: assembly, reason });
  return [];
}
