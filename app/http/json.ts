import { InvalidInput } from './invalid-input.ts';

/** Deeper than anything that an operation takes, shallow enough for every stack. */
const DEEPEST = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads JSON of which nothing gets lost. What JavaScript or PostgreSQL would read as something else is refused by its path:
 * a field given twice, a number that a double does not hold, a NUL byte, a lone surrogate.
 * @throws {InvalidInput}
 */
export function readJson(body: Buffer): unknown {
  const text = decode(body);
  const value = parse(text);
  const errors = new Inspection(text).run().map(([path, message]) => ({ in: 'body' as const, path, message }));
  if (errors.length > 0) throw new InvalidInput(errors);
  return value;
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw unreadable('is not UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(`is not JSON: ${(error as Error).message}`);
  }
}

const unreadable = (message: string) => new InvalidInput([{ in: 'body', path: '', message }], 'http.unreadable-body');

type Finding = readonly [path: string, message: string];

/** An object or a list that the inspection is in: the name or the index of the part it has come to. */
interface Level {
  readonly names: Set<string> | undefined;
  at: string | number;
}

/** One pass over a text that is known to be JSON, without recursion. */
class Inspection {
  readonly #text: string;
  readonly #findings: Finding[] = [];
  readonly #levels: Level[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly Finding[] {
    for (let at = 0; at < this.#text.length; at += 1) {
      const char = this.#text[at]!;
      if (char === '"') at = this.#inspectString(at);
      else if (char === '{' || char === '[') {
        if (this.#levels.length === DEEPEST) return [['', `is nested deeper than ${DEEPEST} levels`]];
        this.#levels.push(char === '{' ? { names: new Set(), at: '' } : { names: undefined, at: 0 });
      } else if (char === '}' || char === ']') this.#levels.pop();
      else if (char === ',') this.#goOn();
      else if (char === '-' || (char >= '0' && char <= '9')) at = this.#inspectNumber(at);
    }
    return this.#findings;
  }

  get #path(): string {
    return this.#levels.reduce((path, { at }) => {
      if (typeof at === 'number') return `${path}[${at}]`;
      return path ? `${path}.${at}` : at;
    }, '');
  }

  #goOn(): void {
    const level = this.#levels.at(-1)!;
    if (typeof level.at === 'number') level.at += 1;
  }

  #inspectString(start: number): number {
    const end = endOfString(this.#text, start);
    const literal = this.#text.slice(start, end + 1);
    const value = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
    if (isFollowedByColon(this.#text, end)) this.#enter(value);
    if (value.includes('\0')) this.#report('must not contain a NUL byte');
    if (!value.isWellFormed()) this.#report('must not contain a lone surrogate');
    return end;
  }

  #enter(name: string): void {
    const level = this.#levels.at(-1)!;
    level.at = name;
    if (level.names!.has(name)) this.#report('is given twice');
    if (name === '__proto__') this.#report('is not a name that a field may have');
    level.names!.add(name);
  }

  #inspectNumber(start: number): number {
    NUMBER.lastIndex = start;
    const [literal] = NUMBER.exec(this.#text)!;
    if (!isHeldExactly(literal)) this.#report('is a number that cannot be kept exactly');
    return start + literal.length - 1;
  }

  #report(message: string): void {
    this.#findings.push([this.#path, message]);
  }
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

const isFollowedByColon = (text: string, at: number): boolean => {
  let next = at + 1;
  while (' \t\r\n'.includes(text[next]!)) next += 1;
  return text[next] === ':';
};

const NUMBER = /[\d.eE+-]+/y;
const LONGEST_NUMBER = 100;

const SHORT_INTEGER = /^(0|-?[1-9]\d{0,14})$/;

const isHeldExactly = (literal: string): boolean =>
  SHORT_INTEGER.test(literal) ||
  (literal.length <= LONGEST_NUMBER && digitsOf(literal) === digitsOf(String(Number(literal))));

/** A decimal as its sign, its digits and the power of ten of the last: equal for `1`, `1.0` and `10e-1`. */
function digitsOf(literal: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${significant === '' ? 0 : power}`;
}
