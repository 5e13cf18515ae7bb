export { createDirectoryLedger } from './directory-ledger.ts';
export { createInMemoryLedger } from './in-memory-ledger.ts';
export { createSandboxGateway, type SandboxGateway } from './gateway.ts';
export { BEHAVIOURS } from './tokens.ts';
