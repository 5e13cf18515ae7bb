import { CommandFailed } from './command-failed.ts';

/** The server knows nothing by that id. */
export class NoSuchThing extends CommandFailed {}

/** A running server of ours, as any client sees it. */
export class Shop {
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Reads, or, given a body, does something. @throws {CommandFailed} {@link NoSuchThing} */
  async ask<Answer>(path: string, body?: object): Promise<Answer> {
    const response = await this.#send(path, body);
    const answer = await this.#read(response);
    if (response.ok) return answer as Answer;
    const { code, detail = '' } = answer as { readonly code?: string; readonly detail?: string };
    if (!code) throw this.#stranger();
    const Failure = response.status === 404 ? NoSuchThing : CommandFailed;
    throw new Failure(`the server refused: ${code}: ${detail}`);
  }

  #send(path: string, body: object | undefined): Promise<Response> {
    const init = body && {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    };
    return fetch(`${this.#origin}${path}`, init).catch(() => {
      throw new CommandFailed(`no server answers at ${this.#origin}; start one with: npm start`);
    });
  }

  /** What is no JSON object is no answer of ours. */
  async #read(response: Response): Promise<object> {
    const answer: unknown = await response.json().catch(() => undefined);
    if (typeof answer !== 'object' || answer === null) throw this.#stranger();
    return answer;
  }

  #stranger(): CommandFailed {
    return new CommandFailed(
      `another program answers at ${this.#origin}. Set HOST and PORT as they are set for the server`,
    );
  }
}
