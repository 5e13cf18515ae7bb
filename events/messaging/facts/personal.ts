import type { z } from 'zod';

/** Tags a field of an event as about a person: it is withheld where facts are shown, and once released it stays tagged. */
export const personal = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.meta({ ...schema.meta(), personal: true });
