/** Ends the process where nobody reads its output, or it cannot be written. What cannot be said of errors changes nothing. */
export function heedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (hasSeenEnough(error)) process.exit();
    process.stderr.write(`microlith: the output cannot be written: ${error.message}\n`);
    process.exit(1);
  });
  process.stderr.on('error', () => undefined);
}

const hasSeenEnough = ({ code }: NodeJS.ErrnoException): boolean => code === 'EPIPE';
