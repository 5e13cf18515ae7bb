import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { JsonSchema } from '#events/messaging/facts/compatibility/json-schema';
import type { ReleasedSchema } from '#events/messaging/facts/contracts';
import type { EventDeclaration } from '#events/messaging/facts/event';
import { jsonSchemaOf, schemaFileOf, schemaIdOf } from '#events/messaging/facts/schema';

/** Where the released schemas are kept: a file for each event and version. */
export const RELEASED = fileURLToPath(new URL('../../../events/schemas/', import.meta.url));

export interface SchemasOption {
  readonly schemas: string;
}

export const withSchemas = (command: Command): Command =>
  command.option('--schemas <folder>', 'where the released schemas are kept', RELEASED);

/** A file among the released schemas is not one; the message names it. */
export class BadReleasedSchema extends Error {
  constructor(path: string, why: string) {
    super(`${path}: ${why}`);
    this.name = 'BadReleasedSchema';
  }
}

const FILE = /^([a-z]+\.[A-Z][A-Za-z]+)\.v([1-9]\d*)\.json$/;

/** @throws {BadReleasedSchema} */
export const readReleased = (folder: string): readonly ReleasedSchema[] =>
  readFolder(folder)
    .filter((file) => !file.startsWith('.'))
    .toSorted()
    .map((file) => {
      const [, type, version] = FILE.exec(file) ?? [];
      const path = join(folder, file);
      if (!type) throw new BadReleasedSchema(path, 'is not named like checkout.OrderPlaced.v1.json');
      return { type, version: Number(version), schema: readSchema(path, { type, version: Number(version) }) };
    });

/** Writes the schema of a fact as released, and returns the file's name. */
export function release(folder: string, declaration: EventDeclaration): string {
  const file = schemaFileOf(declaration);
  writeFileSync(join(folder, file), `${JSON.stringify(jsonSchemaOf(declaration), null, 2)}\n`);
  return file;
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new BadReleasedSchema(folder, `cannot be read: ${(error as Error).message}`);
  }
}

function readSchema(path: string, of: { readonly type: string; readonly version: number }): JsonSchema {
  const schema = parse(path);
  if (schema.$id !== schemaIdOf(of))
    throw new BadReleasedSchema(
      path,
      `$id must be ${schemaIdOf(of)}, as the file's name says, not ${String(schema.$id)}`,
    );
  return schema;
}

function parse(path: string): JsonSchema {
  try {
    const schema: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema as JsonSchema;
  } catch (error) {
    throw new BadReleasedSchema(path, `is not JSON: ${(error as Error).message}`);
  }
  throw new BadReleasedSchema(path, 'is not a JSON object');
}
