const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Hears of a signal that wants the command to end, and the exit code that is due to it. Returns how to hear no more. */
export function onSignal(listener: (exitCode: number) => void): () => void {
  const listeners = Object.entries(EXIT_CODES).map(([signal, exitCode]) => [signal, () => listener(exitCode)] as const);
  for (const [signal, listen] of listeners) process.on(signal, listen);
  return () => {
    for (const [signal, listen] of listeners) process.off(signal, listen);
  };
}
