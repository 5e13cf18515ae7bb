import { createReadStream } from 'node:fs';

/** One record of a file: the line it begins in, and its text, or why that cannot be read. */
export type FileRecord =
  { readonly line: number; readonly text: string } | { readonly line: number; readonly problem: string };

const LONGEST = 2 ** 20;
const NEWLINE = 0x0a;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The records of a file, as a stream. Each is found by its end alone, whatever is in it, so that a bad one never swallows
 * those after it.
 */
export async function* readRecords(path: string, end: string): AsyncGenerator<FileRecord> {
  const mark = Buffer.from(end);
  let ahead: Buffer = Buffer.alloc(0);
  let line = 1;
  /** Line breaks in what was dropped of a record that is too long. */
  let dropped: number | undefined;
  for await (const chunk of createReadStream(path)) {
    ahead = Buffer.concat([ahead, chunk as Buffer]);
    for (let to = ahead.indexOf(mark); to !== -1; to = ahead.indexOf(mark)) {
      const bytes = ahead.subarray(0, to);
      yield dropped === undefined ? toRecord(bytes, line) : tooLong(line);
      line += (dropped ?? 0) + countLines(ahead.subarray(0, to + mark.length));
      dropped = undefined;
      ahead = ahead.subarray(to + mark.length);
    }
    if (ahead.length > LONGEST) {
      const kept = mark.length - 1;
      dropped = (dropped ?? 0) + countLines(ahead.subarray(0, ahead.length - kept));
      ahead = ahead.subarray(ahead.length - kept);
    }
  }
  if (dropped !== undefined) yield tooLong(line);
  else if (ahead.length > 0) yield toRecord(ahead, line);
}

/** The line break after an end that is none itself belongs to the record before. */
function toRecord(bytes: Buffer, line: number): FileRecord {
  const lineBreak = /^\r?\n/.exec(bytes.toString('latin1', 0, 2))?.[0].length ?? 0;
  const begins = line + (lineBreak ? 1 : 0);
  if (bytes.length > LONGEST) return tooLong(begins);
  try {
    return { line: begins, text: utf8.decode(bytes.subarray(lineBreak)).replace(/\r$/, '') };
  } catch {
    return { line: begins, problem: 'is not valid UTF-8' };
  }
}

const tooLong = (line: number): FileRecord => ({ line, problem: `is longer than ${LONGEST} bytes` });

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
