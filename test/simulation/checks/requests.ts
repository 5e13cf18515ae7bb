import type { RequestRow } from '../database/rows.ts';
import type { Effect } from '../database/effect.ts';
import type { CarrierCall } from '../office/carrier.ts';
import { isBefore } from '../storage/requests.ts';
import { PromiseBroken } from './promise-broken.ts';

/** Knows which requests were made of the outside, and which were answered. */
export class Requests {
  readonly #ownerOf = new Map<string, string>();
  readonly #answered = new Set<string>();

  called({ tenantId, request, idempotencyKey }: CarrierCall, pending: readonly RequestRow[]): void {
    const owner = `${tenantId} ${request}`;
    const known = this.#ownerOf.get(idempotencyKey) ?? owner;
    if (known !== owner) throw new PromiseBroken(`${owner} was requested under ${idempotencyKey}, the key of ${known}`);
    this.#ownerOf.set(idempotencyKey, owner);
    const own = pending.find((row) => row.tenantId === tenantId && row.id === request);
    const older = own && pending.find((other) => isBefore(other, own));
    if (older) throw new PromiseBroken(`${owner} was performed before ${older.id}, which is older and of its key`);
  }

  answered({ tenantId, cause }: Effect): void {
    const name = `${tenantId} ${cause}`;
    if (this.#answered.has(name)) throw new PromiseBroken(`the answer to ${name} was recorded twice`);
    this.#answered.add(name);
  }
}
