import type { Statement } from './statement.ts';

/** Every connection keeps each of them prepared: so many, and no more. */
const MOST_NAMES = 500;

const names = new Map<string, string>();

/** The name under which a text stays prepared on every connection; none once there are too many to keep. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMES) return known;
  const name = `text.${names.size}`;
  names.set(text, name);
  return name;
}

/** A statement that stays prepared under a name of its text. */
export function prepared(text: string, values: unknown[] = []): Statement {
  const name = nameOf(text);
  return { ...(name && { name }), text, values };
}
