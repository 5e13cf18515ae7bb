import type { Command } from 'commander';
import { fieldsOf } from '#events/messaging/facts/compatibility/fields';
import { fieldPath } from '#events/messaging/facts/compatibility/refusal';
import type { EventDeclaration } from '#events/messaging/facts/event';
import type { RecordedEvent } from '#events/messaging/log/log';
import { jsonSchemaOf } from '#events/messaging/facts/schema';
import { publishedLanguage } from '#events/registry';

export interface PersonalOption {
  readonly personal?: boolean;
}

export const withPersonal = (command: Command): Command =>
  command.option('--personal', 'show what is about a person too: names, addresses, payment tokens');

/** Stands for what is about a person. */
const WITHHELD = '[personal]';

type Told = Pick<RecordedEvent, 'type' | 'version' | 'data'>;

/** What a fact says, as JSON, without what its declaration tags as personal unless that is wanted too. */
export function dataOf(event: Told, { personal = false }: PersonalOption): unknown {
  const data = JSON.parse(event.data) as unknown;
  if (personal) return data;
  const fields = personalFieldsOf(event);
  return fields ? withhold(data, '', fields) : WITHHELD;
}

/** Nothing of a fact that the code does not know in this version: nobody can say which fields are about a person. */
function personalFieldsOf({ type, version }: Told): ReadonlySet<string> | undefined {
  const declaration = publishedLanguage.find((one) => one.type === type && one.version === version);
  if (!declaration) return undefined;
  const fields = known.get(declaration) ?? findPersonal(declaration);
  known.set(declaration, fields);
  return fields;
}

/** Found once for each fact, however many of it are told. */
const known = new Map<EventDeclaration, ReadonlySet<string>>();

function findPersonal(declaration: EventDeclaration): ReadonlySet<string> {
  const personal = [...fieldsOf(jsonSchemaOf(declaration))].filter(([, { isPersonal }]) => isPersonal);
  return new Set(personal.map(([path]) => path));
}

function withhold(value: unknown, path: string, fields: ReadonlySet<string>): unknown {
  if (fields.has(path)) return WITHHELD;
  if (Array.isArray(value)) return value.map((item) => withhold(item, `${path}[]`, fields));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, withhold(field, fieldPath(path, name), fields)]),
  );
}
