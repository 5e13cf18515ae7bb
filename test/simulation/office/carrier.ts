import { defineExecutor, type Executor } from '#events/messaging/requests/request';
import type { Machine } from '../world/machine.ts';
import type { World } from '../world/world.ts';
import { nameOfStep, OrderShipped, ShipOrder, type Step } from './facts.ts';
import type { OfficeScope } from './scope.ts';

export interface CarrierCall {
  readonly idempotencyKey: string;
  readonly request: string;
  readonly tenantId: string;
  readonly step: Step;
}

/** The other side of a request, outside of every process: it answers a repeated key with its first answer. */
export class Carrier {
  readonly #world: World;
  readonly #onCall: (call: CarrierCall) => void;
  readonly #answers = new Map<string, string>();
  #moodiness = 0.3;

  constructor(world: World, onCall: (call: CarrierCall) => void) {
    this.#world = world;
    this.#onCall = onCall;
  }

  /** From now on it answers whoever asks. */
  becomeReliable(): void {
    this.#moodiness = 0;
  }

  async ship(call: CarrierCall, machine: Machine): Promise<string> {
    const { random } = this.#world;
    this.#onCall(call);
    await machine.sleep(random.between(1, 60));
    if (random.chance(this.#moodiness / 2)) throw new CarrierDown();
    const answer = this.#answers.get(call.idempotencyKey) ?? `parcel ${this.#answers.size + 1}`;
    this.#answers.set(call.idempotencyKey, answer);
    if (random.chance(this.#moodiness)) await machine.sleep(2 * CALL_TIMEOUT);
    return answer;
  }
}

class CarrierDown extends Error {}

const CALL_TIMEOUT = 900;

/** What is kept of an order that the carrier took, or refused for good. */
export const SHIPPED = 'store.shipOrder';

export const createExecutor = (carrier: Carrier, machine: Machine): Executor<OfficeScope> =>
  defineExecutor<OfficeScope>()({
    performs: ShipOrder,
    concurrency: 2,
    timeout: CALL_TIMEOUT,
    attempts: 8,
    call: (step, { idempotencyKey, tenantId }) =>
      carrier.ship({ idempotencyKey, tenantId, step, request: nameOfStep(step) }, machine),
    record: async (scope, { id, payload }) => {
      scope.keep({ by: SHIPPED, key: payload.order, cause: id });
      scope.publish(OrderShipped(payload));
    },
    giveUp: async (scope, { id, payload }) => scope.keep({ by: SHIPPED, key: payload.order, cause: id }),
  });
