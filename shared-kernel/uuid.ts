import { createHash, randomFillSync } from 'node:crypto';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const pool = new Uint8Array(8 * 512);
let poolOffset = pool.length;
let lastMillisecond = 0;
let counter = 0;

/** A UUID version 7 (RFC 9562, method 1): sortable by time, and strictly increasing within one process. */
export function uuidV7(now: number = Date.now()): string {
  if (poolOffset === pool.length) refillPool();
  const random = pool.subarray(poolOffset, (poolOffset += 8));
  tick(now, random);
  const bytes = new Uint8Array(16);
  writeMillisecond(bytes, lastMillisecond);
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes.set(random, 8);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return format(bytes);
}

/** The same UUID (version 8, SHA-256) for the same name: ids for things that were numbered elsewhere. */
export function uuidOfName(namespace: string, name: string): string {
  const bytes = createHash('sha256').update(`${namespace}\n${name}`).digest().subarray(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return format(bytes);
}

function tick(now: number, random: Uint8Array): void {
  if (now > lastMillisecond) {
    lastMillisecond = now;
    counter = ((random[0]! & 0x07) << 8) | random[1]!;
    return;
  }
  counter += 1;
  if (counter > 0xfff) {
    lastMillisecond += 1;
    counter = 0;
  }
}

function refillPool(): void {
  randomFillSync(pool);
  poolOffset = 0;
}

function writeMillisecond(bytes: Uint8Array, millisecond: number): void {
  let rest = millisecond;
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

function format(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < 16; at += 1) {
    if (at === 4 || at === 6 || at === 8 || at === 10) text += '-';
    text += HEX[bytes[at]!];
  }
  return text;
}
