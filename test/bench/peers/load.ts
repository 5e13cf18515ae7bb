import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the other libraries are installed: beside this file, and nowhere else. */
export const PEERS = fileURLToPath(new URL('.', import.meta.url));

export const arePeersInstalled = (): boolean => existsSync(`${PEERS}/node_modules`);

/**
 * One of the other libraries, by a name that no tool follows and typed by what is used of it, so that the project's checks
 * need none of them.
 */
export const loadPeer = async <Library>(name: string): Promise<Library> => (await import(name)) as Library;
