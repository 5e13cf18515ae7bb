import { cpus, totalmem } from 'node:os';
import type { ServerSettings } from './ground.ts';

/** On what a run was made: without it no figure means anything. */
export const describeMachine = ({ server_version, ...settings }: ServerSettings): Readonly<Record<string, string>> => ({
  date: new Date().toISOString().slice(0, 16),
  cores: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  Node: process.versions.node,
  PostgreSQL: server_version,
  ...settings,
});
