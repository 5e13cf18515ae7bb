/**
 * Runs work on one context's scope in one transaction: all of it happened, or none. An inner call joins the outer one. Where it
 * is for queries there is no transaction: nothing is changed, and what is read one after the other may have changed in between. A
 * query within a command of its context, or the other way round, would be no part of it and is refused.
 * @throws whatever the work throws, after everything it did was undone
 */
export type UnitOfWork<Scope> = <Result>(work: (scope: Scope) => Promise<Result>) => Promise<Result>;

/** Binds functions on a scope to units of work: `placeOrder(scope, command)` becomes `placeOrder(command)`. */
export const bindTo =
  <Scope>(unitOfWork: UnitOfWork<Scope>) =>
  <Input, Result>(run: (scope: Scope, input: Input) => Promise<Result>) =>
  (input: Input): Promise<Result> =>
    unitOfWork((scope) => run(scope, input));
