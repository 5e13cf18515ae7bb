const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that may be put into markup as it is. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** Makes markup: what is put into it is escaped, unless it is markup already. */
export const html = (
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html =>
  new Html(parts.reduce((markup, part, at) => markup + [values[at - 1] ?? ''].flat().map(toMarkup).join('') + part));

const toMarkup = (value: string | number | Html): string =>
  value instanceof Html ? value.markup : String(value).replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
