import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Other people's packages, each set where it is installed: beside this file, and nowhere else. */
const FOLDERS = {
  libraries: fileURLToPath(new URL('.', import.meta.url)),
  vendure: fileURLToPath(new URL('vendure/', import.meta.url)),
};

export type PeerPackage = keyof typeof FOLDERS;

export const folderOf = (peer: PeerPackage): string => FOLDERS[peer];

export const isInstalled = (peer: PeerPackage): boolean => existsSync(`${folderOf(peer)}/node_modules`);

/**
 * One of the other libraries, by a name that no tool follows and typed by what is used of it, so that the project's checks
 * need none of them.
 */
export const loadPeer = async <Library>(name: string): Promise<Library> => (await import(name)) as Library;
