import { Option } from 'commander';
import { z } from 'zod';
import { CommandFailed } from './command-failed.ts';

/** @throws {CommandFailed} which names the option and its rule */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new CommandFailed(`${option} must be a whole number from ${least}, not ${text}`, 2);
}

/** @throws {CommandFailed} */
export function days(option: string, text: string, least = 0): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= least && value <= LONGEST) return value;
  throw new CommandFailed(`${option} must be a number of days from ${least} to ${LONGEST}, not ${text}`, 2);
}

const LONGEST = 36_500;

/** @throws {CommandFailed} */
export function assertId(option: string, text: string): void {
  if (!z.uuid().safeParse(text).success) throw new CommandFailed(`${option} must be a UUID, not ${text}`, 2);
}

/** An option that chooses among things. Given but empty, as an unset variable of a shell is, it would choose all of them. */
export const choosing = (flags: string, description: string): Option => {
  const option = new Option(flags, description);
  return option.argParser((text: string) => filled(option.long!, text));
};

/** @throws {CommandFailed} */
function filled(option: string, text: string): string {
  if (text !== '') return text;
  throw new CommandFailed(`${option} must not be empty`, 2);
}

/** Many are acted on only where that is said. @throws {CommandFailed} */
export function assertOneOrAll(id: string | undefined, { all }: { readonly all?: boolean }): void {
  if (id !== undefined) filled('<id>', id);
  if (!id === !all) throw new CommandFailed('give one id, or --all with or without a filter', 2);
}

const Moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** A position of the log, or a moment. @throws {CommandFailed} */
export function positionOrMoment(option: string, text: string): number | Date {
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  if (Moment.safeParse(text).success) return new Date(text);
  throw new CommandFailed(
    `${option} must be a position from 1, or a moment such as 2026-01-31T00:00:00Z, not ${text}`,
    2,
  );
}
