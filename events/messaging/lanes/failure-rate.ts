const REMEMBERED = 100;

/** How the last hundred events of a lane went. */
export class FailureRate {
  #outcomes: boolean[] = [];

  note(failed: number, succeeded: number): void {
    const outcomes = [...Array<boolean>(failed).fill(false), ...Array<boolean>(succeeded).fill(true)];
    this.#outcomes = [...this.#outcomes, ...outcomes].slice(-REMEMBERED);
  }

  /** Half of the last hundred failed. */
  get isHopeless(): boolean {
    return this.#outcomes.filter((succeeded) => !succeeded).length >= REMEMBERED / 2;
  }

  forget(): void {
    this.#outcomes = [];
  }
}
