/** Why something failed, in one line. Where every address of a host was tried in vain, the error has only a code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, code, name }: NodeJS.ErrnoException = error;
  return message || code || name;
}
