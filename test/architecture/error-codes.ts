import ts from 'typescript';
import { nodesOf, type Source } from './source.ts';

/** One sentence per error of a context whose code is not its context's rule, in kebab-case, written out. */
export const findMiscoded = (sources: readonly Source[]): string[] =>
  errorsIn(sources).flatMap(({ path, name, code }) => {
    const context = path.split('/')[1]!;
    if (new RegExp(`^${context}\\.[a-z0-9]+(-[a-z0-9]+)*$`).test(code ?? '')) return [];
    return [`${name} in ${path} has ${code === null ? 'no code that is written out' : `the code "${code}"`}`];
  });

/** Codes that more than one error has. */
export const findSharedCodes = (sources: readonly Source[]): string[] =>
  [...Map.groupBy(errorsIn(sources), ({ code }) => code)]
    .filter(([code, errors]) => code !== null && errors.length > 1)
    .map(([code, errors]) => `"${code}" is that of ${errors.map(({ name }) => name).join(' and ')}`);

const errorsIn = (sources: readonly Source[]) =>
  sources.flatMap((source) =>
    [...nodesOf(source)]
      .filter((node) => ts.isClassLike(node))
      .filter(isDomainError)
      .map((own) => ({ path: source.path, name: own.name?.text ?? 'an error', code: codeOf(own) })),
  );

const isDomainError = ({ heritageClauses }: ts.ClassLikeDeclaration): boolean =>
  (heritageClauses ?? []).some(({ types }) => types.some(({ expression }) => expression.getText() === 'DomainError'));

function codeOf({ members }: ts.ClassLikeDeclaration): string | null {
  const code = members.find((member) => member.name?.getText() === 'code');
  if (!code || !ts.isPropertyDeclaration(code) || !code.initializer) return null;
  return ts.isStringLiteral(code.initializer) ? code.initializer.text : null;
}
