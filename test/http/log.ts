import { createLogger, type Logger } from '#app/logging';

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [name: string]: unknown;
}

/** A log of everything, and what was written to it. */
export interface CapturedLog {
  readonly logger: Logger;
  readonly lines: readonly LogLine[];
}

export function captureLog(): CapturedLog {
  const lines: LogLine[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as LogLine);
  return { logger: createLogger({ logLevel: 'trace' }, { write }), lines };
}

/** Pino's numbers for the levels. */
export const DEBUG = 20;
export const WARN = 40;
export const ERROR = 50;
