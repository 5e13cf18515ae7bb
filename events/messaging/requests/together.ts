import { faultOf } from '../lanes/fault.ts';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What comes while others are under way goes together as soon as they are done; where several fail, each goes alone. In an outage
 * none does: each would wait for it anew, one after the other, for longer than they are leased.
 */
export class Together<Item, Result> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>;
  #waiting: Waiting<Item, Result>[] = [];
  #isUnderWay = false;

  constructor(run: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#run = run;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isUnderWay) void this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    this.#isUnderWay = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#runGroup(group);
    }
    this.#isUnderWay = false;
  }

  async #runGroup(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#run(group.map(({ item }) => item));
      group.forEach(({ resolve }, at) => resolve(results[at]!));
    } catch (error) {
      if (group.length === 1 || faultOf(error) === 'outage') for (const { reject } of group) reject(error);
      else for (const each of group) await this.#runGroup([each]);
    }
  }
}
