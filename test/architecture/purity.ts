import ts from 'typescript';
import { nodesOf, type Source } from './source.ts';

const WORLD = ['process', 'globalThis', 'global', 'performance', 'crypto', 'console', 'fetch'];
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'];
const IMPURE_KERNEL = ['newId', 'uuidV7', 'systemClock'];

/** What is not the same twice, or is felt outside. */
const IMPURE = new Set([...WORLD, ...TIMERS, ...IMPURE_KERNEL]);

const PURE_OF_DATE = new Set(['UTC', 'parse']);

/** One sentence per place where a domain asks the world, or throws what names no rule. */
export const findImpurities = (sources: readonly Source[]): string[] =>
  sources.flatMap((source) =>
    [...nodesOf(source)].filter(ts.isIdentifier).flatMap((name) => {
      const problem = isValue(name) ? problemOf(name) : null;
      return problem === null ? [] : [`${source.path}:${lineOf(name)} ${problem}`];
    }),
  );

function problemOf(name: ts.Identifier): string | null {
  if (IMPURE.has(name.text)) return `uses ${name.text}: what it gives is the command's to hand in`;
  if (name.text === 'Date' && !isPureDate(name))
    return `asks for the time: take it as an argument, from the scope's clock`;
  if (name.text === 'Math' && !isPureMath(name)) return 'uses chance: take it as an argument';
  if (isPlainError(name)) return `throws ${name.text}: a broken rule is a DomainError in domain/errors.ts`;
  return null;
}

/** Neither a type, nor the name of a property or of something declared. */
function isValue(name: ts.Identifier): boolean {
  const { parent } = name;
  const isOwnName = 'name' in parent && parent.name === name && !ts.isShorthandPropertyAssignment(parent);
  return !isOwnName && !ts.isPartOfTypeNode(name);
}

function isPureDate(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isNewExpression(parent)) return (parent.arguments?.length ?? 0) > 0;
  return isInstanceOf(parent) || (ts.isPropertyAccessExpression(parent) && PURE_OF_DATE.has(parent.name.text));
}

const isPureMath = ({ parent }: ts.Identifier): boolean =>
  ts.isPropertyAccessExpression(parent) && parent.name.text !== 'random';

const isPlainError = ({ text, parent }: ts.Identifier): boolean =>
  /^([A-Z][a-z]+)?Error$/.test(text) && text in globalThis && !isInstanceOf(parent);

const isInstanceOf = (node: ts.Node): boolean =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;

const lineOf = (node: ts.Node): number => node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;
