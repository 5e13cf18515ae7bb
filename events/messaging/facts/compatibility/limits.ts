import type { Alternative, JsonSchema } from './json-schema.ts';
import type { Refusal } from './refusal.ts';

interface Measure {
  readonly least: string;
  readonly most: string;
  readonly unit: string;
}

const TEXT: Measure = { least: 'minLength', most: 'maxLength', unit: ' characters' };
const LIST: Measure = { least: 'minItems', most: 'maxItems', unit: ' items' };

const FORMS = ['pattern', 'format', 'contentEncoding', 'contentMediaType'];

/** A text that may be shorter, longer or of another form than is asked for. */
export const refusedText = (part: JsonSchema, written: Alternative, path: string): readonly Refusal[] => [
  ...refusedMeasure(part, written, path, TEXT),
  ...FORMS.filter((form) => part[form] !== undefined && !written.parts.some((own) => own[form] === part[form])).map(
    (form) => ({ path, rule: 'form', asks: `${form} ${String(part[form])}`, gets: formsOf(written, form) }) as const,
  ),
];

export const refusedLength = (part: JsonSchema, written: Alternative, path: string): readonly Refusal[] =>
  refusedMeasure(part, written, path, LIST);

export const refusedNumber = (part: JsonSchema, written: Alternative, path: string): readonly Refusal[] => [
  ...refusedBound(path, lowestOf([part]), lowestOf(written.parts), (asked, given) => given.at > asked.at),
  ...refusedBound(path, highestOf([part]), highestOf(written.parts), (asked, given) => given.at < asked.at),
  ...refusedStep(part, written, path),
];

/** Whether one value keeps a part's limits and form. A form that only a library knows is taken on trust from nobody. */
export const isTextWithin = (part: JsonSchema, value: string): boolean =>
  value.length >= numberOr(part.minLength, 0) &&
  value.length <= numberOr(part.maxLength, Infinity) &&
  (typeof part.pattern === 'string' ? matches(part.pattern, value) : part.format === undefined) &&
  part.contentEncoding === undefined &&
  part.contentMediaType === undefined;

export function isNumberWithin(part: JsonSchema, value: number): boolean {
  const { at: least, isOpen: isAbove } = lowestOf([part]);
  const { at: most, isOpen: isBelow } = highestOf([part]);
  const isInStep = part.multipleOf === undefined || isMultiple(value, Number(part.multipleOf));
  return isInStep && (isAbove ? value > least : value >= least) && (isBelow ? value < most : value <= most);
}

function refusedMeasure(part: JsonSchema, { parts }: Alternative, path: string, of: Measure): readonly Refusal[] {
  const { least, most, unit } = of;
  const [asksLeast, asksMost] = [numberOr(part[least], 0), numberOr(part[most], Infinity)];
  const getsLeast = Math.max(...parts.map((own) => numberOr(own[least], 0)));
  const getsMost = Math.min(...parts.map((own) => numberOr(own[most], Infinity)));
  return [
    ...(getsLeast < asksLeast ? [limit(path, `at least ${asksLeast}${unit}`, `at least ${getsLeast}`)] : []),
    ...(getsMost > asksMost
      ? [
          limit(
            path,
            `at most ${asksMost}${unit}`,
            getsMost === Infinity ? 'any number of them' : `at most ${getsMost}`,
          ),
        ]
      : []),
  ];
}

/** An end of a range; open: the end itself is not in it. */
interface Bound {
  readonly at: number;
  readonly isOpen: boolean;
  readonly text: string;
}

const lowestOf = (parts: readonly JsonSchema[]): Bound =>
  parts
    .flatMap((part) => [
      { at: numberOr(part.minimum, -Infinity), isOpen: false, text: `from ${String(part.minimum)}` },
      { at: numberOr(part.exclusiveMinimum, -Infinity), isOpen: true, text: `above ${String(part.exclusiveMinimum)}` },
    ])
    .reduce((a, b) => (b.at > a.at || (b.at === a.at && b.isOpen && b.at > -Infinity) ? b : a));

const highestOf = (parts: readonly JsonSchema[]): Bound =>
  parts
    .flatMap((part) => [
      { at: numberOr(part.maximum, Infinity), isOpen: false, text: `up to ${String(part.maximum)}` },
      { at: numberOr(part.exclusiveMaximum, Infinity), isOpen: true, text: `below ${String(part.exclusiveMaximum)}` },
    ])
    .reduce((a, b) => (b.at < a.at || (b.at === a.at && b.isOpen && b.at < Infinity) ? b : a));

function refusedBound(
  path: string,
  asked: Bound,
  given: Bound,
  isInside: (asked: Bound, given: Bound) => boolean,
): readonly Refusal[] {
  const isKept = isInside(asked, given) || (asked.at === given.at && (given.isOpen || !asked.isOpen));
  if (isKept || !Number.isFinite(asked.at)) return [];
  return [limit(path, `a number ${asked.text}`, Number.isFinite(given.at) ? `one ${given.text}` : 'any')];
}

function refusedStep({ multipleOf }: JsonSchema, { type, parts }: Alternative, path: string): readonly Refusal[] {
  if (multipleOf === undefined) return [];
  const asked = Number(multipleOf);
  const isKept =
    (type === 'integer' && asked === 1) ||
    parts.some((own) => own.multipleOf !== undefined && isMultiple(Number(own.multipleOf), asked));
  return isKept ? [] : [limit(path, `a multiple of ${asked}`, 'others')];
}

/** Of whole numbers it can be told; of others only that one is itself. */
const isMultiple = (value: number, of: number): boolean =>
  value === of || (Number.isSafeInteger(value) && Number.isSafeInteger(of) && value % of === 0);

const limit = (path: string, asks: string, gets: string): Refusal => ({ path, rule: 'limit', asks, gets });

const numberOr = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

function formsOf({ parts }: Alternative, form: string): string {
  const own = parts.map((part) => part[form]).filter((value) => value !== undefined);
  return own.length === 0 ? 'any text' : `${form} ${own.map(String).join(' and ')}`;
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return new RegExp(pattern).test(value);
  }
}
