import fc from 'fast-check';
import { z } from 'zod';

/** A small schema that is at once a zod schema and a source of what is written by it. */
export type Model =
  | { readonly kind: 'text'; readonly min: number; readonly max: number; readonly pattern: number }
  | {
      readonly kind: 'number';
      readonly isWhole: boolean;
      readonly min: number;
      readonly max: number;
      readonly isOpen: boolean;
      readonly step: number;
    }
  | { readonly kind: 'flag' }
  | { readonly kind: 'values'; readonly values: readonly Value[] }
  | { readonly kind: 'list'; readonly item: Model; readonly min: number; readonly max: number }
  | { readonly kind: 'tuple'; readonly items: readonly Model[]; readonly rest: Model | null }
  | { readonly kind: 'object'; readonly fields: readonly ModelField[]; readonly others: 'dropped' | 'refused' | Model }
  | { readonly kind: 'record'; readonly names: readonly string[] | null; readonly value: Model }
  | { readonly kind: 'both'; readonly models: readonly [Model, Model] }
  | { readonly kind: 'any'; readonly models: readonly Model[] }
  | { readonly kind: 'tagged'; readonly models: readonly (Model & { kind: 'object' })[] };

type Value = string | number | boolean | null;

interface ModelField {
  readonly name: string;
  readonly model: Model;
  readonly isOptional: boolean;
}

const NAMES = ['a', 'b', 'c', 'd'];
const PATTERNS = [/^[a-c]*$/, /^a/, /^(a|b|c|z)*$/];
const VALUES: readonly Value[] = ['a', 'b', 'abc', '', 0, 1, 7, true, false, null];
const LARGEST = 8;
const LETTERS = ['a', 'b', 'c'];
const ANY_LETTERS = [...LETTERS, 'x', 'y', 'z'];

const small = fc.integer({ min: 0, max: 3 });
const number = fc.record({
  kind: fc.constant('number' as const),
  isWhole: fc.boolean(),
  min: fc.integer({ min: -3, max: 2 }),
  max: fc.integer({ min: 5, max: LARGEST }),
  isOpen: fc.boolean(),
  step: fc.constantFrom(0, 0, 0, 1, 2),
});

/** Any small schema. */
export const models: fc.Arbitrary<Model> = fc.letrec<{ model: Model; object: Model & { kind: 'object' } }>((tie) => ({
  model: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      kind: fc.constant('text' as const),
      min: small,
      max: fc.integer({ min: 3, max: LARGEST }),
      pattern: fc.integer({ min: -2, max: 2 }),
    }),
    number,
    fc.record({ kind: fc.constant('flag' as const) }),
    fc.record({
      kind: fc.constant('values' as const),
      values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constant('list' as const),
      item: tie('model'),
      min: small,
      max: fc.integer({ min: 3, max: 5 }),
    }),
    fc.record({
      kind: fc.constant('tuple' as const),
      items: fc.array(tie('model'), { maxLength: 2 }),
      rest: fc.option(tie('model')),
    }),
    tie('object'),
    tie('object'),
    fc.record({
      kind: fc.constant('record' as const),
      names: fc.option(fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 })),
      value: tie('model'),
    }),
    fc.record({ kind: fc.constant('both' as const), models: fc.tuple(tie('object'), tie('object')).map(apart) }),
    fc.record({ kind: fc.constant('any' as const), models: fc.array(tie('model'), { minLength: 1, maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('tagged' as const),
      models: fc.array(tie('object'), { minLength: 1, maxLength: 3 }),
    }),
  ),
  object: fc.record({
    kind: fc.constant('object' as const),
    fields: fc.uniqueArray(
      fc.record({ name: fc.constantFrom(...NAMES), model: tie('model'), isOptional: fc.boolean() }),
      {
        maxLength: 3,
        selector: ({ name }) => name,
      },
    ),
    others: fc.oneof(
      fc.constant('dropped' as const),
      fc.constant('dropped' as const),
      fc.constant('refused' as const),
      tie('model'),
    ),
  }),
})).model;

/** Two objects that let others pass, and have no field in common: zod's JSON Schema is not exact where they have. */
function apart([first, second]: [Model & { kind: 'object' }, Model & { kind: 'object' }]): [Model, Model] {
  const taken = new Set(first.fields.map(({ name }) => name));
  return [
    { ...first, others: 'dropped' },
    { ...second, others: 'dropped', fields: second.fields.filter(({ name }) => !taken.has(name)) },
  ];
}

export function schemaOf(model: Model): z.ZodType {
  switch (model.kind) {
    case 'text': {
      const text = z.string().min(model.min).max(model.max);
      return model.pattern < 0 ? text : text.regex(PATTERNS[model.pattern]!);
    }
    case 'number': {
      const of = model.isWhole ? z.int() : z.number();
      const within = model.isOpen ? of.gt(model.min).lt(model.max) : of.min(model.min).max(model.max);
      return model.step === 0 ? within : within.multipleOf(model.step);
    }
    case 'flag':
      return z.boolean();
    case 'values':
      return z.literal(model.values);
    case 'list':
      return z.array(schemaOf(model.item)).min(model.min).max(model.max);
    case 'tuple': {
      const items = model.items.map(schemaOf) as [z.ZodType, ...z.ZodType[]];
      return model.rest ? z.tuple(items, schemaOf(model.rest)) : z.tuple(items);
    }
    case 'object':
      return objectOf(model);
    case 'record':
      return model.names
        ? z.record(z.enum(model.names), schemaOf(model.value))
        : z.record(z.string(), schemaOf(model.value));
    case 'both':
      return z.intersection(schemaOf(model.models[0]), schemaOf(model.models[1]));
    case 'any':
      return z.union(model.models.map(schemaOf) as [z.ZodType, ...z.ZodType[]]);
    case 'tagged':
      return z.discriminatedUnion('tag', model.models.map(tagged) as never);
  }
}

function objectOf({ fields, others }: Model & { kind: 'object' }, more: z.ZodRawShape = {}): z.ZodObject {
  const shape = {
    ...Object.fromEntries(
      fields.map(({ name, model, isOptional }) => [name, isOptional ? schemaOf(model).optional() : schemaOf(model)]),
    ),
    ...more,
  };
  if (others === 'dropped') return z.object(shape);
  return others === 'refused' ? z.strictObject(shape) : z.object(shape).catchall(schemaOf(others));
}

const tagged = (model: Model & { kind: 'object' }, at: number) => objectOf(model, { tag: z.literal(`t${at}`) });

/** Values as they are written by a schema: the fields it declares, and others only where it keeps them. */
export function writtenBy(model: Model): fc.Arbitrary<unknown> {
  switch (model.kind) {
    case 'text':
      return textBy(model);
    case 'number':
      return numberBy(model);
    case 'flag':
      return fc.boolean();
    case 'values':
      return fc.constantFrom(...model.values);
    case 'list':
      return fc.array(writtenBy(model.item), { minLength: model.min, maxLength: model.max });
    case 'tuple':
      return fc
        .tuple(
          fc.tuple(...model.items.map(writtenBy)),
          model.rest ? fc.array(writtenBy(model.rest), { maxLength: 2 }) : fc.constant([]),
        )
        .map(([items, rest]) => [...items, ...rest]);
    case 'object':
      return objectBy(model);
    case 'record':
      return model.names
        ? fc.record(Object.fromEntries(model.names.map((name) => [name, writtenBy(model.value)])))
        : fc.dictionary(fc.constantFrom(...NAMES, 'x'), writtenBy(model.value), { maxKeys: 3 });
    case 'both':
      return fc
        .tuple(writtenBy(model.models[0]), writtenBy(model.models[1]))
        .map(([a, b]) => ({ ...(a as object), ...(b as object) }));
    case 'any':
      return fc.oneof(...model.models.map(writtenBy));
    case 'tagged':
      return fc.oneof(...model.models.map((own, at) => objectBy(own).map((value) => ({ ...value, tag: `t${at}` }))));
  }
}

const textBy = ({ min, max, pattern }: Model & { kind: 'text' }) =>
  fc
    .string({ unit: fc.constantFrom(...(pattern < 0 ? ANY_LETTERS : LETTERS)), minLength: min, maxLength: max })
    .map((text) => (pattern === 1 ? `a${text}`.slice(0, Math.max(max, 1)) : text));

const numberBy = ({ isWhole, min, max, isOpen, step }: Model & { kind: 'number' }) => {
  const edge = isOpen ? 1 : 0;
  const whole = fc.integer({ min: min + edge, max: max - edge });
  if (step > 0) return whole.map((value) => Math.max(Math.ceil((min + edge) / step), Math.floor(value / step)) * step);
  return isWhole
    ? whole
    : fc.oneof(whole, fc.double({ min, max, minExcluded: isOpen, maxExcluded: isOpen, noNaN: true }));
};

function objectBy({ fields, others }: Model & { kind: 'object' }): fc.Arbitrary<object> {
  const shape = Object.fromEntries(fields.map(({ name, model }) => [name, writtenBy(model)]));
  const requiredKeys = fields.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
  const own = fc.record(shape, { requiredKeys });
  if (typeof others === 'string') return own;
  const strange = fc.dictionary(fc.constantFrom(...NAMES, 'x'), writtenBy(others), { maxKeys: 2 });
  return fc.tuple(strange, own).map(([more, declared]) => ({
    ...Object.fromEntries(Object.entries(more).filter(([name]) => !(name in shape))),
    ...declared,
  }));
}

/** A schema near another: the same, but for one thing somewhere in it. */
export function changed(model: Model): fc.Arbitrary<Model> {
  const nudge = fc.constantFrom(-1, 1);
  switch (model.kind) {
    case 'text':
      return fc.oneof(
        nudge.map((by) => ({ ...model, min: Math.max(0, Math.min(model.max, model.min + by)) })),
        nudge.map((by) => ({ ...model, max: Math.max(model.min, model.max + by) })),
        fc.integer({ min: -1, max: 2 }).map((pattern) => ({ ...model, pattern })),
      );
    case 'number':
      return fc.oneof(
        nudge.map((by) => ({ ...model, min: Math.min(2, model.min + by) })),
        nudge.map((by) => ({ ...model, max: Math.max(5, model.max + by) })),
        fc.constant({ ...model, isOpen: !model.isOpen }),
        fc.constant({ ...model, isWhole: !model.isWhole }),
        fc.constantFrom(0, 1, 2).map((step) => ({ ...model, step })),
      );
    case 'flag':
      return models;
    case 'values':
      return fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1 }).map((values) => ({ ...model, values }));
    case 'list':
      return fc.oneof(
        changed(model.item).map((item) => ({ ...model, item })),
        nudge.map((by) => ({ ...model, min: Math.max(0, Math.min(model.max, model.min + by)) })),
        nudge.map((by) => ({ ...model, max: Math.max(model.min, model.max + by) })),
      );
    case 'tuple':
      return fc.oneof(
        models.map((rest) => ({ ...model, rest })),
        models.map((item) => ({ ...model, items: [...model.items, item] })),
        fc.constant({ ...model, items: model.items.slice(1) }),
      );
    case 'object':
      return changedObject(model);
    case 'record':
      return fc.oneof(
        changed(model.value).map((value) => ({ ...model, value })),
        fc.constant({ ...model, names: null }),
      );
    case 'both':
      return fc.oneof(
        changedObject(model.models[0] as Model & { kind: 'object' }).map((first) => ({
          ...model,
          models: apart([first, model.models[1] as Model & { kind: 'object' }]),
        })),
        fc.constant(model.models[0]),
      );
    case 'any':
      return fc.oneof(
        models.map((more) => ({ ...model, models: [...model.models, more] })),
        fc.constant({ ...model, models: model.models.slice(0, Math.max(1, model.models.length - 1)) }),
        fc
          .nat({ max: model.models.length - 1 })
          .chain((at) =>
            changed(model.models[at]!).map((other) => ({ ...model, models: model.models.with(at, other) })),
          ),
      );
    case 'tagged':
      return fc
        .nat({ max: model.models.length - 1 })
        .chain((at) =>
          changedObject(model.models[at]!).map((other) => ({ ...model, models: model.models.with(at, other) })),
        );
  }
}

function changedObject(model: Model & { kind: 'object' }): fc.Arbitrary<Model & { kind: 'object' }> {
  const { fields } = model;
  const field = fc.record({ name: fc.constantFrom(...NAMES), model: models, isOptional: fc.boolean() });
  const changes: fc.Arbitrary<Model & { kind: 'object' }>[] = [
    field.map((more) => ({ ...model, fields: [...fields.filter(({ name }) => name !== more.name), more] })),
    fc.constantFrom('dropped' as const, 'refused' as const).map((others) => ({ ...model, others })),
  ];
  for (const [at, own] of fields.entries()) {
    changes.push(
      fc.constant({ ...model, fields: fields.with(at, { ...own, isOptional: !own.isOptional }) }),
      fc.constant({ ...model, fields: fields.toSpliced(at, 1) }),
      changed(own.model).map((other) => ({ ...model, fields: fields.with(at, { ...own, model: other }) })),
    );
  }
  return fc.oneof(...changes);
}
