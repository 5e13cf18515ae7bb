import type { Machine } from './machine.ts';

/** Something that happens at a moment, on a machine or outside of all. */
export interface Task {
  readonly at: number;
  /** Decides between tasks of one moment. */
  readonly tie: number;
  readonly run: () => void;
  readonly machine: Machine | undefined;
  isCalledOff: boolean;
}

/** What is to happen, next first: a binary heap. */
export class TaskQueue {
  readonly #heap: Task[] = [];

  push(task: Task): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(task, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = task;
  }

  peek(): Task | undefined {
    return this.#heap[0];
  }

  pop(): Task | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last && heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(task: Task): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, task)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = task;
  }
}

const isBefore = (a: Task, b: Task) => a.at < b.at || (a.at === b.at && a.tie < b.tie);
