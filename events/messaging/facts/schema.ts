import { z } from 'zod';
import type { EventDeclaration } from './event.ts';
import type { JsonSchema } from './compatibility/json-schema.ts';

/** A schema's wire side as JSON Schema. `readOnly` says something else there than zod's `readonly`, so it is left out. */
export const wireSchemaOf = (schema: z.ZodType): Record<string, unknown> => toJsonSchema(schema, () => undefined);

/**
 * The JSON Schema (2020-12) of a fact as it is stored and sent: what a release keeps, and what a change is measured by. So it
 * also names the fields that give key and story, what is personal, and in `rules` what JSON Schema cannot say.
 */
export const jsonSchemaOf = ({ type, version, schema, key, correlation }: EventDeclaration): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: schemaIdOf({ type, version }),
  title: type,
  ...(key !== null && { key }),
  ...(correlation !== null && { correlation }),
  ...toJsonSchema(schema, addRules),
});

/** Names the schema of a fact wherever it is mentioned. */
export const schemaIdOf = ({ type, version }: Pick<EventDeclaration, 'type' | 'version'>): string =>
  `urn:microlith:event:${type}:v${version}`;

/** The file that keeps a released schema: `checkout.OrderPlaced.v1.json`. */
export const schemaFileOf = ({ type, version }: Pick<EventDeclaration, 'type' | 'version'>): string =>
  `${type}.v${version}.json`;

type Annotate = (zodSchema: z.core.$ZodType, jsonSchema: Record<string, unknown>) => void;

function toJsonSchema(schema: z.ZodType, annotate: Annotate): Record<string, unknown> {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      delete jsonSchema.readOnly;
      annotate(zodSchema, jsonSchema);
    },
  });
  return json;
}

/** A refinement is code; of that, the snapshot keeps what it says when it is broken. */
const addRules: Annotate = ({ _zod: { def } }, jsonSchema) => {
  const rules = (def.checks ?? []).map(ruleOf).filter((rule) => rule !== undefined);
  if (rules.length > 0) jsonSchema.rules = [...new Set(rules)].toSorted();
};

function ruleOf({ _zod: { def } }: z.core.$ZodCheck): string | undefined {
  if (def.check === 'overwrite') return 'is rewritten before it is checked';
  if ('pattern' in def && def.pattern instanceof RegExp && def.pattern.flags !== '')
    return `matches with the flags ${def.pattern.flags}`;
  if (def.check !== 'custom') return undefined;
  const message = def.error?.({ code: 'custom', input: undefined, path: [] } as never);
  return (typeof message === 'object' ? message?.message : message) ?? 'has a rule without a message';
}
