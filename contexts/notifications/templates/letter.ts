/** What a mail says, before it is text or HTML. */
export interface Letter {
  readonly paragraphs: readonly string[];
  readonly items?: readonly { readonly quantity: number; readonly name: string }[];
  readonly figures?: readonly { readonly label: string; readonly value: string }[];
}
