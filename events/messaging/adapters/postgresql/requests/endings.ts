import { AsyncLocalStorage } from 'node:async_hooks';
import type { TenantId } from '#shared-kernel/tenant';
import type { PendingRequest } from '../../../requests/request-storage.ts';
import { Together } from '../../../requests/together.ts';
import type { PostgresStore } from '../store.ts';
import { fewRows } from '../transactions/few-rows.ts';
import type { Transaction } from '../transactions/transaction.ts';

/** How a request ended. */
export interface Ending<Scope> {
  readonly request: PendingRequest;
  readonly state: 'answered' | 'failed';
  /** As JSON. */
  readonly answer: string | null;
  readonly error: string | null;
  /** What that means. */
  readonly work: (scope: Scope) => Promise<void>;
}

type Key = Pick<PendingRequest, 'tenantId' | 'kind' | 'id'>;

interface Traveller<Scope> extends Ending<Scope> {
  /** Goes on in the execution that the request ended in. */
  readonly inItsExecution: <Result>(run: () => Result) => Result;
}

/**
 * Ends the requests of a context, each with what its end means: in one transaction for all that end while others are being ended,
 * in the order of their ids.
 */
export class Endings<Scope> {
  readonly #store: PostgresStore<Scope>;
  readonly #together = new Together((endings: readonly Traveller<Scope>[]) => this.#endAll(endings));

  constructor(store: PostgresStore<Scope>) {
    this.#store = store;
  }

  /** False where it had ended already, or has failed while an answer is kept that another process heard. */
  async end(ending: Ending<Scope>): Promise<boolean> {
    return this.#together.add({ ...ending, inItsExecution: AsyncLocalStorage.snapshot() });
  }

  /** The ends are written first and lock the requests: only one process, and one end, gets to say what each means. */
  async #endAll(endings: readonly Traveller<Scope>[]): Promise<readonly boolean[]> {
    const firsts = firstOfEach(endings).toSorted(({ request: a }, { request: b }) => (a.id < b.id ? -1 : 1));
    return this.#store.transaction(async (unit) => {
      const written = await this.#write(unit.transaction, firsts);
      const ours = firsts.filter(({ request }) => written.has(nameOf(request)));
      for (const { request, work, inItsExecution } of ours)
        await inItsExecution(() => work(unit.scopeOf(request.tenantId)));
      return endings.map((ending) => ours.includes(ending));
    });
  }

  /** What was asked, and for whom, is forgotten: nobody needs it any more, and there are persons and payment tokens in it. */
  async #write(transaction: Transaction, endings: readonly Ending<Scope>[]): Promise<ReadonlySet<string>> {
    const table = `${this.#store.context}.request`;
    const isOne = endings.length === 1;
    const columns = [
      endings.map(({ request }) => request.tenantId),
      endings.map(({ request }) => request.kind),
      endings.map(({ request }) => request.id),
      endings.map(({ state }) => state),
      endings.map(({ answer }) => answer),
      endings.map(({ error }) => error),
    ];
    const { rows } = await transaction.query<{ tenant_id: TenantId; kind: string; id: string }>({
      name: `${table}.end${isOne ? '-one' : ''}`,
      text: `
        update ${table} r
           set state = ended.state, answer = ended.answer, error = ended.error, ended_at = now(), payload = 'null', execution = 'null'
          from ${isOne ? ONE : SEVERAL} ended (tenant_id, kind, id, state, answer, error)
         where (r.tenant_id, r.kind, r.id) = (ended.tenant_id, ended.kind, ended.id) and r.state = 'pending'
           and (ended.state = 'answered' or r.answer is null)
        returning r.tenant_id, r.kind, r.id`,
      values: columns.map((column) => (isOne ? column[0] : column)),
    });
    return new Set(rows.map(({ tenant_id: tenantId, kind, id }) => nameOf({ tenantId, kind, id })));
  }
}

const SEVERAL = fewRows(['text', 'text', 'text', 'text', 'json', 'text']);

/** The usual case: plain values spare both ends the arrays. */
const ONE = '(values ($1::text, $2::text, $3::text, $4::text, $5::json, $6::text))';

const firstOfEach = <Scope>(endings: readonly Traveller<Scope>[]): Traveller<Scope>[] =>
  [...Map.groupBy(endings, ({ request }) => nameOf(request)).values()].map(([first]) => first!);

const nameOf = ({ tenantId, kind, id }: Key) => JSON.stringify([tenantId, kind, id]);
