import type { z } from 'zod';

/** Tags a field of an event as about a person. The log's codec is the only reader of the tag. */
export const personal = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.meta({ ...schema.meta(), personal: true });
