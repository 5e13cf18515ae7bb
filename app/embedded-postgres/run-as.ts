import { existsSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { completeBinaries, copyBinaries } from './binaries.ts';
import { type Account, type Programs, succeeds } from './programs.ts';

// Root's copies of the binaries, for accounts that cannot walk to the originals: only root can write there.
const sharedCopies = '/var/cache/microlith';
const ownCopies = 'binaries';

/**
 * Arranges that PostgreSQL, which refuses root, can serve the current directory. For root it runs as whoever owns the
 * data, or else in a user namespace, outside of which it is still root, or else as an account made for such things.
 */
export function arrangePrograms(packaged: string): Programs {
  const native = completeBinaries(packaged, isRoot() ? sharedCopies : ownCopies);
  if (!isRoot()) return isListed() ? { native, prefix: [] } : (inNamespace(native) ?? { native, prefix: [] });
  const owner = ownerOfData();
  return owner ? asAccount(owner, native) : (inNamespace(native) ?? asAccount(serverAccount() ?? noAccount(), native));
}

const isRoot = (): boolean => process.geteuid?.() === 0;

function isListed(): boolean {
  try {
    return Boolean(userInfo().username);
  } catch {
    return false;
  }
}

// Data that do not exist yet will be the directory's owner's, if initdb can find the owner's name.
function ownerOfData(): Account | undefined {
  const { uid, gid } = statSync(existsSync('data') ? 'data' : '.');
  const canOwn = uid !== 0 && (existsSync('data') || accounts().some((account) => account.uid === uid));
  return canOwn ? { uid, gid } : undefined;
}

function inNamespace(native: string): Programs | undefined {
  const account = serverAccount();
  if (!account || process.env['EMBEDDED_POSTGRES_NO_NAMESPACE']) return undefined;
  const prefix = ['unshare', '--user', `--map-user=${account.uid}`, `--map-group=${account.gid}`, '--'] as const;
  const proof = ['sh', '-c', 'test -w "$1" && exec "$0" --version', join(native, 'bin/postgres'), process.cwd()];
  return succeeds([...prefix, ...proof]) ? { native, prefix } : undefined;
}

function asAccount(account: Account, native: string): Programs {
  const runs = succeeds([join(native, 'bin/postgres'), '--version'], account);
  return { native: runs ? native : copyBinaries(native, sharedCopies), prefix: [], account };
}

const serverAccount = (): Account | undefined =>
  accounts().find(({ name }) => name === 'postgres') ?? accounts().find(({ name }) => name === 'nobody');

const accounts = (): (Account & { name: string })[] =>
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));

function noAccount(): never {
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.');
}
