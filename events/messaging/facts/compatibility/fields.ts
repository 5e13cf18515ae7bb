import { canonicalJson, discriminantOf, type JsonSchema, pointedAt } from './json-schema.ts';
import { listOf } from './keywords.ts';
import { fieldPath } from './refusal.ts';
import { propertiesOf } from './written-fields.ts';

/** What a schema says of one field besides which values it has. */
export interface Field {
  readonly isPersonal: boolean;
  /** What stands for a value that is not there, as JSON. */
  readonly standIn: string | undefined;
}

/** Every field at any depth, by its path. Variants are told apart by the field that tells them apart. */
export function fieldsOf(root: JsonSchema): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  const visit = (schema: unknown, path: string, of: { isPersonal: boolean; references: readonly string[] }): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const own = schema as JsonSchema;
    const isPersonal = of.isPersonal || own.personal === true;
    note(path, { isPersonal, standIn: 'default' in own ? canonicalJson(own.default) : undefined });
    const within = (part: unknown, at: string) => visit(part, at, { ...of, isPersonal });
    if (typeof own.$ref === 'string' && !of.references.includes(own.$ref))
      visit(pointedAt(root, own.$ref), path, { isPersonal, references: [...of.references, own.$ref] });
    for (const [name, field] of Object.entries(propertiesOf(own))) within(field, fieldPath(path, name));
    within(own.additionalProperties, fieldPath(path, '*'));
    within(own.items, `${path}[]`);
    for (const [at, item] of listOf(own.prefixItems).entries()) within(item, `${path}[${at}]`);
    for (const part of listOf(own.allOf)) within(part, path);
    for (const variant of [...listOf(own.anyOf), ...listOf(own.oneOf)]) within(variant, `${path}${labelOf(variant)}`);
  };
  const note = (path: string, field: Field) => {
    const known = fields.get(path);
    fields.set(path, {
      isPersonal: field.isPersonal || (known?.isPersonal ?? false),
      standIn: field.standIn ?? known?.standIn,
    });
  };
  visit(root, '', { isPersonal: false, references: [] });
  fields.delete('');
  return fields;
}

/** `(kind "parcel")` for a variant whose field `kind` always says so. */
function labelOf(variant: unknown): string {
  const own = variant as JsonSchema;
  const name = Object.keys(propertiesOf(own)).find((field) => discriminantOf(own, field) !== undefined);
  return name === undefined ? '' : `(${name} ${canonicalJson(discriminantOf(own, name))})`;
}
