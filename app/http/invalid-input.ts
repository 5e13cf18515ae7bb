import { z } from 'zod';

/** One thing that is wrong with a request: where it stands, and the rule it breaks. */
export const BadField = z.object({
  in: z.enum(['path', 'query', 'header', 'body']),
  path: z.string().describe('Such as `lines[0].quantity`; empty: the whole.'),
  message: z.string(),
});
export type BadField = z.output<typeof BadField>;

/** As many as a person reads; a body of a million mistakes is not answered with a million lines. */
const MOST = 100;

/** A request is not what its operation takes. */
export class InvalidInput extends Error {
  readonly errors: readonly BadField[];
  readonly code: string;

  constructor(errors: readonly BadField[], code = 'http.invalid-input') {
    super(errors.map(({ path, message }) => `${path} ${message}`.trim()).join('; '));
    this.name = 'InvalidInput';
    this.errors = errors.slice(0, MOST);
    this.code = code;
  }
}
