import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import {
  createDirectoryLedger,
  createInMemoryLedger,
  createSandboxGateway,
} from '#contexts/billing/adapters/sandbox-gateway';
import { captureWith, describePaymentGateway } from './payment-gateway.contract.ts';

const directories: string[] = [];
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true, force: true })));

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'microlith-gateway-'));
  directories.push(directory);
  return directory;
}

const openIn = (directory: string) => createSandboxGateway({ ledger: createDirectoryLedger(directory) });

describePaymentGateway('in memory', () => createSandboxGateway({ ledger: createInMemoryLedger() }));
describePaymentGateway('in a directory', () => openIn(newDirectory()));

describe('a sandbox gateway in a directory', () => {
  const SCRIPT = fileURLToPath(new URL('capture-many.ts', import.meta.url));
  const start = (directory: string, last: number): ChildProcess =>
    spawn(process.execPath, [SCRIPT, directory, String(last)], { stdio: ['ignore', 'pipe', 'inherit'] });

  test('keeps what it promised when it is opened again', async () => {
    const directory = newDirectory();
    const request = captureWith('tok_approve');
    const signal = new AbortController().signal;
    const answer = await openIn(directory).capture(request, signal);
    expect(await openIn(directory).voidCapture(request, signal)).toEqual(answer);
  });

  test('captures once for processes that race with the same keys', async () => {
    const directory = newDirectory();
    const racers = [1, 2, 3].map(() => start(directory, 50));
    for (const racer of racers) racer.stdout!.resume();
    const ends = await Promise.all(racers.map((racer) => once(racer, 'exit')));
    expect(ends.map(([code]) => code)).toEqual([0, 0, 0]);
    const ledger = await openIn(directory).readLedger();
    expect(ledger).toHaveLength(50);
    expect(ledger.every(({ asked, outcome }) => asked === 3 && outcome?.status === 'captured')).toBe(true);
  });

  test('remembers every capture that a killed process was told of', async () => {
    const directory = newDirectory();
    const victim = start(directory, 1_000_000);
    const told: string[] = [];
    for await (const line of createInterface(victim.stdout!)) {
      told.push(line);
      if (told.length === 20) victim.kill('SIGKILL');
    }
    const captured = (await openIn(directory).readLedger()).filter(({ outcome }) => outcome?.status === 'captured');
    expect(captured.map(({ key }) => key)).toEqual(expect.arrayContaining(told));
    expect(captured.length - told.length).toBeLessThanOrEqual(1);
  });
});
