import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { MailTransport } from '../../ports.ts';

/** A mail as it was written, in RFC 5322's own words. */
interface WrittenMail {
  readonly mailId: string;
  readonly source: string;
}

export interface EmlTransport extends MailTransport {
  /** All that was ever sent. */
  list(): Promise<readonly WrittenMail[]>;
}

const SUFFIX = '.eml';
/** Each waits for files again and again, and takes next to nothing itself. */
const AT_ONCE = 32;

/** Writes each mail to `<mail id>.eml` in a directory, whole or not at all; a repeat takes the place of what it repeats. */
export function createEmlTransport(directory: string): EmlTransport {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    atOnce: AT_ONCE,
    async send(message, signal) {
      const { message: source } = await composer.sendMail({ ...message, signal });
      const draft = join(directory, `${randomUUID()}.draft`);
      await writeIn(directory, draft, source, signal);
      await rename(draft, join(directory, fileNameOf(message.messageId)));
      return { status: 'sent' };
    },
    async list() {
      await mkdir(directory, { recursive: true });
      const files = (await readdir(directory)).filter((file) => file.endsWith(SUFFIX)).toSorted();
      return Promise.all(
        files.map(async (file) => ({
          mailId: file.slice(0, -SUFFIX.length),
          source: await readFile(join(directory, file), 'utf8'),
        })),
      );
    },
  };
}

/** Makes the directory only where it is missing. */
async function writeIn(
  directory: string,
  file: string,
  content: Parameters<typeof writeFile>[1],
  signal: AbortSignal,
): Promise<void> {
  const write = () => writeFile(file, content, { signal });
  try {
    await write();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    await mkdir(directory, { recursive: true });
    await write();
  }
}

/** `<id@domain>` is written to `id.eml`, whatever an id may try to name. */
const fileNameOf = (messageId: string): string =>
  `${messageId.replace(/^<|@.*$/g, '').replaceAll(/[^\w-]/g, '_')}${SUFFIX}`;
