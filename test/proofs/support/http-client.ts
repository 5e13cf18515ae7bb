import { setTimeout as sleep } from 'node:timers/promises';

/** A call, and every way it may rightly end: a status, or the code of a problem. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** The caller's promise not to mean a repeat twice: what is not answered is asked again under it. */
  readonly key?: string;
  readonly mayEnd: readonly (number | string)[];
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** Of a problem document; otherwise empty. */
  readonly code: string;
}

/** What the answers to all calls were. */
export interface Tally {
  /** Calls that ended as they may. */
  acknowledged: number;
  /** Calls that were asked again, because nobody answered or the server could not. */
  repeated: number;
  /** Answers that no call may get, by what they were: `500 http.internal-error`. */
  readonly wrong: Map<string, number>;
}

export const newTally = (): Tally => ({ acknowledged: 0, repeated: 0, wrong: new Map() });

/** Nobody answered for as long as anybody would wait. */
export class NoAnswer extends Error {
  constructor({ method, path }: Call) {
    super(`${method} ${path} was not answered in ${PATIENCE / 1000} s`);
    this.name = 'NoAnswer';
  }
}

const PATIENCE = 120_000;
const LONGEST_CALL = 30_000;
const PAUSE = 50;

export interface ClientOptions {
  /** Asked before every try, since a server that was started again listens elsewhere. */
  readonly urlOf: () => string;
  readonly tally: Tally;
  /** Somebody ends servers on purpose: no answer, or that none can be had now, is no fault then. */
  readonly isDisturbed: boolean;
}

/** A client of the public API that does not give up: it repeats what was not answered, under the same key. */
export class HttpClient {
  readonly #of: ClientOptions;

  constructor(options: ClientOptions) {
    this.#of = options;
  }

  /** The first answer that is one, right or wrong. @throws {NoAnswer} */
  async call(call: Call): Promise<Answer> {
    for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await sleep(PAUSE)) {
      const answer = await this.#ask(call);
      if (this.#judge(call, answer)) return answer!;
      this.#of.tally.repeated += 1;
    }
    throw new NoAnswer(call);
  }

  /** False: it is to be asked again. */
  #judge({ mayEnd }: Call, answer: Answer | undefined): boolean {
    const { tally, isDisturbed } = this.#of;
    const { status = 503, code = 'no answer' } = answer ?? {};
    if (mayEnd.includes(status) || mayEnd.includes(code)) {
      tally.acknowledged += 1;
      return true;
    }
    if (code === KEY_BUSY || (isDisturbed && status === 503)) return false;
    const name = `${answer ? status : ''} ${code}`.trim();
    tally.wrong.set(name, (tally.wrong.get(name) ?? 0) + 1);
    return status < 500;
  }

  async #ask({ method, path, body, key }: Call): Promise<Answer | undefined> {
    try {
      const response = await fetch(`${this.#of.urlOf()}${path}`, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(LONGEST_CALL),
      });
      return toAnswer(response.status, await response.text());
    } catch {
      return undefined;
    }
  }
}

/** A twin of the call is still running: asking again is what the answer asks for. */
const KEY_BUSY = 'messaging.idempotency-key-busy';

function toAnswer(status: number, text: string): Answer {
  const body = text === '' ? {} : (JSON.parse(text) as Answer['body']);
  return { status, body, code: typeof body['code'] === 'string' ? body['code'] : '' };
}
