/** Lanes that are told apart; those beyond go unseen, and an event of theirs is found by halving, as without a watchdog. */
const PLACES = 128;
/** The length of a subscriber's name and an event's id, in bytes. */
const PLACE = 160;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An event in the hands of a subscriber. */
export interface Handling {
  readonly subscriber: string;
  readonly eventId: string;
}

/** Memory that the main thread writes and the watchdog reads: that the loop turns, and which events are being handled. */
export class UnderWay {
  readonly memory: SharedArrayBuffer;
  readonly #turns: Int32Array;
  readonly #places: Uint8Array;
  readonly #placeOf = new Map<string, number>();

  constructor(memory = new SharedArrayBuffer(4 + PLACES * PLACE)) {
    this.memory = memory;
    this.#turns = new Int32Array(memory, 0, 1);
    this.#places = new Uint8Array(memory, 4);
  }

  /** How often the event loop has turned. */
  get turns(): number {
    return Atomics.load(this.#turns, 0);
  }

  turn(): void {
    Atomics.add(this.#turns, 0, 1);
  }

  /** A subscriber handles an event now; null: it has ended. */
  mark(subscriber: string, eventId: string | null): void {
    const place = this.#placeOf.get(subscriber) ?? this.#placeOf.size;
    if (place >= PLACES) return;
    this.#placeOf.set(subscriber, place);
    const bytes = this.#places.subarray(place * PLACE, (place + 1) * PLACE);
    if (eventId === null) bytes[0] = 0;
    else encoder.encodeInto(`${eventId} ${subscriber}\0`, bytes);
  }

  read(): readonly Handling[] {
    const texts = Array.from({ length: PLACES }, (_, place) => this.#textAt(place));
    return texts.filter(Boolean).map((text) => {
      const [eventId = '', subscriber = ''] = text.split(' ');
      return { subscriber, eventId };
    });
  }

  #textAt(place: number): string {
    const bytes = this.#places.slice(place * PLACE, (place + 1) * PLACE);
    return decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
  }
}
