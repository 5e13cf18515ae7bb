import { createDirectoryLedger, createSandboxGateway } from '#contexts/billing/adapters/sandbox-gateway';
import { moneyOf } from '#shared-kernel/money';

/** A process of its own: captures `capture:1`, `capture:2`, … through `last`, and says each one that was answered. */
const [directory = '', last = '0'] = process.argv.slice(2);
const gateway = createSandboxGateway({ ledger: createDirectoryLedger(directory) });
for (let at = 1; at <= Number(last); at += 1) {
  const request = { token: 'tok_approve', amount: moneyOf('1', 'USD'), reference: `process ${process.pid}` };
  await gateway.capture({ ...request, idempotencyKey: `capture:${at}` }, new AbortController().signal);
  process.stdout.write(`capture:${at}\n`);
}
