import { act, brokenRule } from '../act.ts';
import type { BookedCustomer } from '../book/customers.ts';
import { each } from '../each.ts';
import { customers as table } from '../files/tables.ts';
import { customerIdOf } from '../names.ts';
import type { Run } from '../run.ts';

const AT_ONCE = 8;
const ASKED_AT_ONCE = 1000;

/** Registers who is not known yet; who cannot be registered is taken out of the book. */
export async function registerCustomers(run: Run, customers: Map<string, BookedCustomer>): Promise<void> {
  const known = await findKnown(run, [...customers.keys()]);
  const stage = run.progress.begin('customers', customers.size);
  await each([...customers.values()], { atOnce: AT_ONCE, stop: run.stop }, async (customer) => {
    if (known.has(customerIdOf(customer.key))) run.findings.of(table).alreadyThere += 1;
    else if (!(await register(run, customer))) customers.delete(customer.key);
    stage.advance();
  });
  stage.end();
}

async function findKnown({ system }: Run, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { listCustomersByIds } = system.contexts.accounts.queries;
  const known = new Set<string>();
  for (let at = 0; at < keys.length; at += ASKED_AT_ONCE) {
    const ids = keys.slice(at, at + ASKED_AT_ONCE).map(customerIdOf);
    const views = await act('accounts.listCustomersByIds', () => listCustomersByIds({ ids }));
    for (const { id } of views) known.add(id);
  }
  return known;
}

/** No file has an e-mail address, so each gets one that no mail ever reaches; and nobody gets a password. */
async function register({ findings, system }: Run, { line, key, name }: BookedCustomer): Promise<boolean> {
  const { registerCustomer } = system.contexts.accounts.commands;
  const customer = { customerId: customerIdOf(key), name, email: `customer-${key}@example.invalid`, language: 'en' };
  const reason = await brokenRule('accounts.registerCustomer', () => registerCustomer(customer));
  if (reason === undefined) findings.of(table).imported += 1;
  else findings.reject(table, { line }, { field: 'customerid', value: key, reason });
  return reason === undefined;
}
