import type pg from 'pg';
import { faultOf, LostTogether } from '../../../lanes/fault.ts';
import { type PipelinedStatement, runPipeline } from './pipeline.ts';

type Results = readonly pg.QueryResult[];

/** A whole transaction that has not begun: nothing was asked in it. */
interface Leaving {
  readonly client: pg.PoolClient;
  readonly statements: readonly PipelinedStatement[];
  readonly resolve: (results: Results) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Transactions that leave in the same turn of the event loop leave as one: one write, one commit, one wait for the disk. Where
 * one of them fails, nothing has happened, and each goes once more, on its own connection and alone. Where the connection fails
 * all fail with it, and nobody knows what has happened: so it must be ones that cannot happen twice.
 */
export class Departures {
  #leaving: Leaving[] = [];

  /** Sends the statements as one transaction; returns what each gave. @throws what fails in it, {@link LostTogether} */
  join(client: pg.PoolClient, statements: readonly PipelinedStatement[]): Promise<Results> {
    return new Promise((resolve, reject) => {
      if (this.#leaving.length === 0) setImmediate(() => void this.#leave());
      this.#leaving.push({ client, statements, resolve, reject });
    });
  }

  async #leave(): Promise<void> {
    const group = this.#leaving;
    this.#leaving = [];
    try {
      const results = await runPipeline(
        group[0]!.client,
        group.flatMap(({ statements }) => statements),
      );
      let from = 0;
      for (const { statements, resolve } of group) resolve(results.slice(from, (from += statements.length)));
    } catch (error) {
      if (group.length === 1) group[0]!.reject(error);
      else if (faultOf(error) === 'outage') for (const { reject } of group) reject(new LostTogether(error));
      else for (const each of group) runPipeline(each.client, each.statements).then(each.resolve, each.reject);
    }
  }
}
