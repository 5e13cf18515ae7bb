import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A command or a query was called from within one of the same context, or from a handler of it, and would not be part of it: it
 * would neither see what that has changed nor be undone with it, and wait for a second connection while the first one is held.
 */
export class UnitWithinAnother extends Error {
  constructor(context: string) {
    super(
      `${context} has a unit of work open around this call, which would not be part of it: work on the scope that was given, or call it before or after`,
    );
    this.name = 'UnitWithinAnother';
  }
}

/** Knows whether the running code runs within a transaction, or a query, of one context. */
export class Nesting {
  readonly #context: string;
  readonly #around = new AsyncLocalStorage<{ isOver: boolean }>();

  constructor(context: string) {
    this.#context = context;
  }

  /** What the work has begun and not awaited outlives it, and is within nothing from then on. */
  async within<Result>(work: () => Promise<Result>): Promise<Result> {
    const around = { isOver: false };
    try {
      return await this.#around.run(around, work);
    } finally {
      around.isOver = true;
    }
  }

  /** @throws {UnitWithinAnother} */
  refuse(): void {
    if (this.#around.getStore()?.isOver === false) throw new UnitWithinAnother(this.#context);
  }
}
