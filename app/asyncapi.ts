import { cloudEventTypeOf, sourceOf } from '#events/messaging/facts/cloud-event';
import { toDraft7 } from '#events/messaging/facts/compatibility/draft-7';
import type { JsonSchema } from '#events/messaging/facts/compatibility/json-schema';
import type { ReleasedSchema } from '#events/messaging/facts/contracts';
import type { EventDeclaration } from '#events/messaging/facts/event';
import { jsonSchemaOf } from '#events/messaging/facts/schema';
import type { Hearer } from './story.ts';

type Json = Readonly<Record<string, unknown>>;

/** AsyncAPI 3.0. */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: Json;
  readonly defaultContentType: string;
  readonly channels: Readonly<Record<string, Json>>;
  readonly operations: Readonly<Record<string, Json>>;
  readonly components: { readonly messages: Readonly<Record<string, Json>>; readonly schemas: Json };
}

export interface Described {
  readonly language: readonly EventDeclaration[];
  /** Versions from before the current ones: facts of them are in the log. */
  readonly released: readonly ReleasedSchema[];
  readonly hearers: readonly Pick<Hearer, 'name' | 'types'>[];
  readonly version: string;
}

const CONTENT_TYPE = 'application/cloudevents+json';

const ABOUT = `The published language of the contexts: a channel for each event, in every version that may still be in the log.

- A message is a CloudEvent (1.0, JSON); \`data\` is the event.
- A subscriber sees every event in the newest version that the code knows, and each has its effect once.
- Events with the same \`subject\` keep their order.`;

/** Says who publishes what, and who hears it. */
export function describeEvents({ language, released, hearers, version }: Described): AsyncApiDocument {
  const facts = language.toSorted(byType).map((declaration) => versionsOf(declaration, released));
  const all = facts.flat();
  return {
    asyncapi: '3.0.0',
    info: { title: 'microlith', version, description: ABOUT, license: { name: 'MIT' } },
    defaultContentType: CONTENT_TYPE,
    channels: Object.fromEntries(facts.map((versions) => [versions[0]!.type, channelOf(versions)])),
    operations: {
      ...Object.fromEntries(facts.map((versions) => publishing(versions.at(-1)!))),
      ...Object.fromEntries(
        hearers.toSorted((a, b) => (a.name < b.name ? -1 : 1)).flatMap((hearer) => hearings(hearer, all)),
      ),
    },
    components: {
      messages: Object.fromEntries(all.map((fact) => [cloudEventTypeOf(fact), messageOf(fact)])),
      schemas: {
        CloudEvent: cloudEventSchema,
        ...Object.fromEntries(all.map((fact) => [cloudEventTypeOf(fact), toDraft7(fact.schema, schemaRef(fact))])),
      },
    },
  };
}

/** Every version of a fact that there was, oldest first, as the code has the newest. */
const versionsOf = (declaration: EventDeclaration, released: readonly ReleasedSchema[]): readonly ReleasedSchema[] => [
  ...released
    .filter(({ type, version }) => type === declaration.type && version < declaration.version)
    .toSorted((a, b) => a.version - b.version),
  { type: declaration.type, version: declaration.version, schema: jsonSchemaOf(declaration) },
];

const channelOf = (versions: readonly ReleasedSchema[]): Json => {
  const { type, schema } = versions.at(-1)!;
  return {
    address: type,
    description: orderText(schema),
    messages: Object.fromEntries(versions.map((fact) => [cloudEventTypeOf(fact), { $ref: messageRef(fact) }])),
  };
};

const orderText = ({ key }: JsonSchema): string =>
  typeof key === 'string' ? `In order for each ${key}.` : 'In no order of its own.';

const publishing = (fact: ReleasedSchema): readonly [string, Json] => {
  const [context, name] = fact.type.split('.');
  return [
    `${context}.publishes.${name}`,
    { action: 'send', title: `${context} publishes ${name}`, channel: channelRef(fact), messages: [inChannel(fact)] },
  ];
};

const hearings = (
  { name, types }: Pick<Hearer, 'name' | 'types'>,
  facts: readonly ReleasedSchema[],
): readonly (readonly [string, Json])[] =>
  types.map((type) => {
    const versions = facts.filter((fact) => fact.type === type);
    const operation = { action: 'receive', title: `${name} hears ${type}`, channel: channelRef({ type }) };
    return [`${name}.hears.${type}`, { ...operation, messages: versions.map(inChannel) }];
  });

const messageOf = (fact: ReleasedSchema): Json => ({
  name: cloudEventTypeOf(fact),
  title: `${fact.type}, version ${fact.version}`,
  contentType: CONTENT_TYPE,
  correlationId: { location: '$message.payload#/correlationid' },
  payload: {
    allOf: [
      { $ref: '#/components/schemas/CloudEvent' },
      {
        type: 'object',
        properties: {
          type: { const: cloudEventTypeOf(fact) },
          source: { const: sourceOf(fact.type) },
          dataschema: { const: fact.schema.$id },
          data: { $ref: schemaRef(fact) },
        },
        required: typeof fact.schema.key === 'string' ? ['subject', 'data'] : ['data'],
      },
    ],
  },
});

const schemaRef = (fact: ReleasedSchema): string => `#/components/schemas/${cloudEventTypeOf(fact)}`;
const messageRef = (fact: ReleasedSchema): string => `#/components/messages/${cloudEventTypeOf(fact)}`;
const channelRef = ({ type }: Pick<ReleasedSchema, 'type'>): Json => ({ $ref: `#/channels/${type}` });
const inChannel = (fact: ReleasedSchema): Json => ({
  $ref: `#/channels/${fact.type}/messages/${cloudEventTypeOf(fact)}`,
});

const byType = (a: EventDeclaration, b: EventDeclaration): number => (a.type < b.type ? -1 : 1);

const text = (description: string, more: Json = {}): Json => ({ type: 'string', minLength: 1, ...more, description });

const cloudEventSchema: Json = {
  type: 'object',
  description: 'CloudEvents 1.0, JSON format',
  properties: {
    specversion: { const: '1.0' },
    id: text('The event, wherever it is mentioned', { format: 'uuid' }),
    source: text('The context that published it'),
    type: text('Its type and version'),
    subject: text('What it keeps its order with'),
    time: text('When it happened', { format: 'date-time' }),
    datacontenttype: { const: 'application/json' },
    dataschema: text('Names the schema of data', { format: 'uri' }),
    recordedtime: text('When the log took it', { format: 'date-time' }),
    sequence: text('Its place in the log', { pattern: '^\\d{16}$' }),
    correlationid: text('The story it belongs to', { format: 'uuid' }),
    causationid: text('The event, or the call, that led to it', { format: 'uuid' }),
    traceparent: text('W3C Trace Context'),
    tenantid: text('Whose data it is'),
    actor: text('Who asked for it'),
    publishedby: text('The command or subscriber that published it'),
    data: {},
  },
  required: [
    'specversion',
    'id',
    'source',
    'type',
    'time',
    'datacontenttype',
    'dataschema',
    'recordedtime',
    'sequence',
    'correlationid',
    'causationid',
    'tenantid',
    'actor',
    'publishedby',
    'data',
  ],
};
