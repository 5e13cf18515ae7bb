/** What a reader may refuse of what a writer writes. */
export interface Refusal {
  /** `lines[].unitPrice.amount`; empty: the whole. */
  readonly path: string;
  readonly rule: 'field' | 'type' | 'value' | 'limit' | 'form' | 'rule';
  /** What the reader asks for: "at most 100 characters". */
  readonly asks: string;
  /** What the writer may give instead: "at most 200 characters". */
  readonly gets: string;
}

export const fieldPath = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
