import { faultOf } from '#events/messaging/lanes/fault';
import { IdempotencyKeyBusy } from '#events/messaging/units/idempotency';
import { ConcurrentChange } from '#events/messaging/units/lost-races';
import { TenantId } from '#shared-kernel/tenant';
import type { Books } from './checks/books.ts';
import { PromiseBroken } from './checks/promise-broken.ts';
import type { Fleet } from './fleet.ts';
import type { Wish } from './office/office.ts';
import type { Random } from './world/random.ts';
import type { World } from './world/world.ts';

const TENANTS = ['one', 'two'].map((name) => TenantId.parse(name));
const ORDERS = ['a', 'b', 'c'];

/** How long a customer waits for an answer, milliseconds. */
const PATIENCE = 1_500;
const MOST_TRIES = 5;

/** Ask for steps of their orders, and ask again under the same key when they get no answer. */
export class Customers {
  readonly #world: World;
  readonly #fleet: Fleet;
  readonly #wishes: { readonly wish: Wish; isGranted: boolean }[] = [];
  #open = 0;

  constructor(world: World, fleet: Fleet) {
    this.#world = world;
    this.#fleet = fleet;
  }

  get areContent(): boolean {
    return this.#open === 0;
  }

  /** So many wishes, spread over so many milliseconds. */
  come(count: number, within: number, mayDawdle: boolean): void {
    for (let at = 0; at < count; at += 1) {
      const wish = drawWish(this.#world.random, `wish ${this.#wishes.length + 1}`, mayDawdle);
      const entry = { wish, isGranted: false };
      this.#wishes.push(entry);
      this.#open += 1;
      this.#world.in(this.#world.random.next() * within, () => this.#ask(entry, 1));
    }
  }

  /** What was granted happened once, what was not happened once or never. */
  check(books: Books): void {
    for (const { wish, isGranted } of this.#wishes) {
      const facts = books.factsPlacedFor(wish.key);
      const isWhole = facts === wish.facts || (facts === 0 && !isGranted);
      if (!isWhole)
        throw new PromiseBroken(
          `${wish.key} (${isGranted ? 'granted' : 'not granted'}) left ${facts} of ${wish.facts} facts`,
        );
    }
  }

  #ask(entry: { readonly wish: Wish; isGranted: boolean }, tries: number): void {
    const { random } = this.#world;
    let isAnswered = false;
    const answer = (isGranted: boolean, error?: unknown) => {
      if (isAnswered) return;
      isAnswered = true;
      entry.isGranted ||= isGranted;
      if (isGranted || tries === MOST_TRIES || !isWorthAnotherTry(error)) this.#open -= 1;
      else this.#world.in(random.between(10, 200), () => this.#ask(entry, tries + 1));
    };
    if (this.#fleet.answering.length === 0) return answer(false);
    random
      .pick(this.#fleet.answering)
      .take(entry.wish)
      .then(
        () => answer(true),
        (error: unknown) => answer(false, error),
      );
    this.#world.in(PATIENCE, () => answer(false));
  }
}

const isWorthAnotherTry = (error: unknown): boolean =>
  error === undefined ||
  faultOf(error) !== 'event' ||
  error instanceof ConcurrentChange ||
  error instanceof IdempotencyKeyBusy;

function drawWish(random: Random, key: string, mayDawdle: boolean): Wish {
  const dawdles = mayDawdle && random.chance(0.25);
  const milliseconds = random.pick([2, 20, 20, 200, 200, 6_000]) * random.next();
  return {
    tenantId: random.pick(TENANTS),
    order: random.pick(ORDERS),
    key,
    facts: random.pick([1, 1, 1, 3]),
    dawdling: dawdles ? { milliseconds, isInVain: random.chance(0.4) } : undefined,
  };
}
