import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** A source file as the architecture sees it: where it is, what it says, and what it imports. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/** Every file of these folders, discovered, never listed by hand. */
export const readSources = (...folders: readonly string[]): Source[] =>
  globSync(folders.map((folder) => `${folder}/**/*.ts`))
    .toSorted()
    .map(readSource);

export const readSource = (path: string): Source => sourceOf(path, readFileSync(path, 'utf8'));

/** Types count as well: an import that only the compiler sees still couples. */
export const sourceOf = (path: string, text: string): Source => ({
  path,
  text,
  imports: ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => targetOf(path, fileName)),
});

/** Every part of a source file, from the outside in. */
export function* nodesOf({ path, text }: Source): Generator<ts.Node> {
  const waiting: ts.Node[] = [ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    waiting.push(...children(node).toReversed());
  }
}

function children(node: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  ts.forEachChild(node, (child) => void found.push(child));
  return found;
}

/** Where an import leads: a path of this project, or the name of a package. */
function targetOf(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return new URL(specifier, `file:///${from}`).pathname.slice(1);
  if (!specifier.startsWith('#')) return specifier;
  return resolveAlias(specifier.slice(1));
}

/** The aliases of package.json, in the order Node tries them. */
function resolveAlias(name: string): string {
  const door = /^contexts\/([^/]+)(?:\/(mikro-orm|in-memory))?$/.exec(name);
  if (door) return door[2] ? `contexts/${door[1]}/adapters/${door[2]}/index.ts` : `contexts/${door[1]}/index.ts`;
  if (name === 'events/messaging') return 'events/messaging/index.ts';
  if (/^(contexts|migrations)\//.test(name)) return `${name}/index.ts`;
  return `${name}.ts`;
}
