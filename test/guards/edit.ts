import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Edit } from './guard.ts';

/** A guard is not where its list says. */
export class SnippetNotFoundOnce extends Error {
  constructor({ file, snippet }: Edit, times: number) {
    super(`${file}: this snippet must be found exactly once, and is found ${times} times:\n${snippet}`);
    this.name = 'SnippetNotFoundOnce';
  }
}

/** The source without the guard. Blanks and line breaks of the snippet match any others. @throws {SnippetNotFoundOnce} */
export function edited(source: string, edit: Edit): string {
  const pattern = new RegExp(
    edit.snippet
      .trim()
      .split(/\s+/)
      .map((word) => RegExp.escape(word))
      .join('\\s+'),
    'g',
  );
  const times = [...source.matchAll(pattern)].length;
  if (times !== 1) throw new SnippetNotFoundOnce(edit, times);
  return source.replace(pattern, () => edit.replacement);
}

/** Edits files below a folder; returns how to undo it. @throws {SnippetNotFoundOnce} */
export async function apply(folder: string, edits: readonly Edit[]): Promise<() => Promise<void>> {
  const before = new Map<string, string>();
  const after = new Map<string, string>();
  for (const edit of edits) {
    const path = join(folder, edit.file);
    if (!before.has(path)) before.set(path, await readFile(path, 'utf8'));
    after.set(path, edited(after.get(path) ?? before.get(path)!, edit));
  }
  await writeAll(after);
  return () => writeAll(before);
}

async function writeAll(texts: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of texts) await writeFile(path, text);
}
