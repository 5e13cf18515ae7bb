import { html } from './html.ts';
import type { Letter } from './letter.ts';

/** A letter as a web page that mail programs understand: one column, no images, no scripts. */
export const asHtml = (
  subject: string,
  { paragraphs, items = [], figures = [] }: Letter,
  footer: readonly string[],
): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${subject}</title>
      </head>
      <body style="margin:0;padding:32px 16px;background:#f6f6f4;color:#222;font:16px/1.5 Georgia,serif">
        <div style="max-width:560px;margin:0 auto;padding:32px;background:#fff;border:1px solid #e4e4e0">
          <h1 style="margin:0 0 24px;font-size:22px;font-weight:normal">${subject}</h1>
          ${paragraphs.map((paragraph) => html`<p style="margin:0 0 16px">${paragraph}</p> `)}
          <table role="presentation" style="width:100%;border-collapse:collapse">
            ${items.map(({ quantity, name }) => row(`${quantity} ×`, name))}
            ${figures.map(({ label, value }) => row(label, value))}
          </table>
          <p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #e4e4e0;color:#777;font-size:13px">
            ${footer.map((line) => html`${line}<br /> `)}
          </p>
        </div>
      </body>
    </html> `.markup;

const row = (left: string, right: string) =>
  html`<tr>
    <td style="padding:4px 16px 4px 0;color:#777;white-space:nowrap;vertical-align:top">${left}</td>
    <td style="padding:4px 0;width:100%">${right}</td>
  </tr> `;
