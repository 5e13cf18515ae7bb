import { z } from 'zod';

const isStorable = (value: string) => !value.includes('\0') && value.isWellFormed();

/** Trimmed, 1 to `max` UTF-16 code units; a NUL byte or a lone surrogate, which no database keeps, is refused. */
export const text = (max: number) =>
  z.string().trim().min(1).max(max).refine(isStorable, { error: 'must not contain a NUL byte or a lone surrogate' });

/** Lower case, at most 254 characters. */
export const EmailAddress = z.email().max(254).toLowerCase();

/** BCP 47, language and perhaps region: `en`, `de-CH`. */
export const LanguageTag = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, { error: 'must look like en or de-CH' });
