import type { StoredNames } from '#events/messaging/adapters/postgresql/operations/stored-names';
import { publishedLanguage } from '#events/registry';
import type { System } from '../../system.ts';
import { CommandFailed } from '../command-failed.ts';

/** Where a name may be known: in the code that is asked, and in the database, as from older code. */
export interface NamePlaces {
  readonly names: StoredNames;
  readonly system: Pick<System, 'kinds'>;
}

const types = publishedLanguage.map(({ type }) => type);

/** A name that nothing has is misspelt: it would match nothing, which looks as if all were well. @throws {CommandFailed} */
export async function assertKind(kind: string | undefined, { names, system }: NamePlaces): Promise<void> {
  if (kind === undefined || system.kinds.includes(kind) || (await names.hasKind(kind))) return;
  throw unknown('kind of request', kind, system.kinds);
}

/** @throws {CommandFailed} */
export async function assertType(type: string | undefined, { names }: Pick<NamePlaces, 'names'>): Promise<void> {
  if (type === undefined || types.includes(type) || (await names.hasType(type))) return;
  throw unknown('type of event', type, types);
}

/** @throws {CommandFailed} */
export async function assertBeginning(prefix: string | undefined, { names }: Pick<NamePlaces, 'names'>): Promise<void> {
  if (prefix === undefined || types.some((type) => type.startsWith(prefix))) return;
  if (await names.hasTypeBeginning(prefix)) return;
  throw unknown('type of event that begins with', prefix, types);
}

const unknown = (what: string, name: string, known: readonly string[]): CommandFailed =>
  new CommandFailed(`there is no ${what} ${name}; there are: ${[...new Set(known)].toSorted().join(', ')}`, 2);
