import type { Fault } from './fault.ts';

export const killPostmaster: Fault = {
  name: 'kill -9 of the postmaster',
  strike: ({ ground }) => ground.cluster!.strike('SIGKILL'),
};

export const restartPostgres: Fault = {
  name: 'restart of PostgreSQL',
  strike: ({ ground }) => ground.cluster!.strike('SIGINT'),
};
