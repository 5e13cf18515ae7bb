/** A fact as the log holds it, with what chaos wrote into it. */
export interface LoggedFact {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly tenant: string;
  readonly account: string;
  /** What it is kept in order by; null: by nothing once it was parked. */
  readonly key: string | null;
  readonly number: number;
  readonly command: string;
  readonly poison: string | null;
  /** When its due fact was to be published, and when this one was recorded; milliseconds since 1970. */
  readonly due: number | null;
  readonly recordedAt: number;
}

/** What a subscriber did, in the order in which it did it. */
export interface Effect {
  readonly sequence: number;
  readonly subscriber: string;
  readonly eventId: string;
}

export interface Parking {
  readonly subscriber: string;
  readonly eventId: string;
  readonly error: string | null;
}

/** Everything that is known when all is quiet again. */
export interface Evidence {
  readonly subscribers: readonly { readonly name: string; readonly types: readonly string[] }[];
  readonly acknowledged: readonly string[];
  readonly log: readonly LoggedFact[];
  readonly effects: readonly Effect[];
  /** How many entries each account's row counted, as `tenant/account`. */
  readonly accounts: ReadonlyMap<string, number>;
  readonly parked: readonly Parking[];
  /** Everything that was ever parked, also for a moment. */
  readonly wasParked: readonly Parking[];
}

/** One promise, how often it was put to the test, and every case in which it was broken. */
export interface Check {
  readonly promise: string;
  readonly examined: number;
  readonly broken: readonly string[];
}

export const isKept = ({ broken }: Check): boolean => broken.length === 0;

/** acknowledged ⊆ effects ⊆ committed; one effect per subscriber and event; order per key, and per tenant and lane. */
export function judge(evidence: Evidence): readonly Check[] {
  const { acknowledged, log, effects } = evidence;
  const facts = new Map(log.map((fact) => [fact.id, fact]));
  return [
    check('what was acknowledged is in the log', acknowledged, findLost(acknowledged, log)),
    check('a command happened once, however often it was sent', log, findRepeated(log)),
    check('an account counted what the log tells, in its order', evidence.accounts, findMiscounted(evidence)),
    check('a due fact is published once, and not before its time', evidence.log, findUntimely(log)),
    check('every event has an effect of every subscriber', log, findUnhandled(evidence)),
    check('no effect happened twice', effects, findDoubled(effects)),
    check('no effect without its event', effects, findUnfounded(effects, facts)),
    check('order per key', effects, findDisorder(effects, facts, orderKeyOf)),
    check(
      'order per tenant and lane',
      effects,
      findDisorder(neverParked(evidence), facts, ({ tenant }) => tenant),
    ),
    check('nothing is parked that is not poison', evidence.parked, findInnocents(evidence, facts)),
  ];
}

const check = (promise: string, examined: { length: number } | { size: number }, broken: readonly string[]): Check => ({
  promise,
  examined: 'size' in examined ? examined.size : examined.length,
  broken,
});

const ENTRY = 'chaos.EntryMade';
const DUE = 'chaos.EntryDue';
const keyOf = ({ tenant, account }: LoggedFact) => `${tenant}/${account}`;
const orderKeyOf = ({ id, tenant, key }: LoggedFact) => `${tenant}/${key ?? id}`;
const show = (fact: LoggedFact) => `${fact.type} ${fact.number} of ${keyOf(fact)} at ${fact.position}`;

function findLost(acknowledged: readonly string[], log: readonly LoggedFact[]): string[] {
  const committed = new Set(log.map(({ command }) => command));
  return acknowledged.filter((command) => !committed.has(command)).map((command) => `${command} is lost`);
}

function findRepeated(log: readonly LoggedFact[]): string[] {
  const byCommand = Map.groupBy(log, ({ type, command }) => `${type} of ${command}`);
  return [...byCommand].filter(([, facts]) => facts.length > 1).map(([what, { length }]) => `${what}: ${length} times`);
}

function findMiscounted({ log, accounts }: Evidence): string[] {
  const entries = Map.groupBy(
    log.filter(({ type }) => type === ENTRY),
    keyOf,
  );
  const names = new Set([...entries.keys(), ...accounts.keys()]);
  return [...names].flatMap((name) => {
    const numbers = (entries.get(name) ?? []).map(({ number }) => number);
    const wrong = numbers.findIndex((number, at) => number !== at + 1);
    if (wrong !== -1) return [`${name}: entry ${numbers[wrong]} stands where ${wrong + 1} belongs`];
    const counted = accounts.get(name) ?? 0;
    return counted === numbers.length ? [] : [`${name}: counted ${counted}, the log tells ${numbers.length}`];
  });
}

function findUntimely(log: readonly LoggedFact[]): string[] {
  const published = new Set(log.filter(({ type }) => type === DUE).map(({ command }) => command));
  return log.flatMap((fact) => {
    if (fact.due === null) return [];
    if (fact.type === ENTRY) return published.has(fact.command) ? [] : [`${show(fact)}: its due fact never came`];
    const early = fact.due - fact.recordedAt;
    return fact.type === DUE && early > 0 ? [`${show(fact)} came ${early} ms early`] : [];
  });
}

function findUnhandled({ subscribers, log, effects, parked }: Evidence): string[] {
  const settled = new Set([...effects, ...parked].map(({ subscriber, eventId }) => `${subscriber} ${eventId}`));
  return subscribers.flatMap(({ name, types }) =>
    log
      .filter(({ type, id }) => types.includes(type) && !settled.has(`${name} ${id}`))
      .map((fact) => `${name} has not handled ${show(fact)}`),
  );
}

function findDoubled(effects: readonly Effect[]): string[] {
  const all = Map.groupBy(effects, ({ subscriber, eventId }) => `${subscriber} handled ${eventId}`);
  return [...all].filter(([, same]) => same.length > 1).map(([what, { length }]) => `${what} ${length} times`);
}

const findUnfounded = (effects: readonly Effect[], facts: ReadonlyMap<string, LoggedFact>): string[] =>
  effects
    .filter(({ eventId }) => !facts.has(eventId))
    .map(({ subscriber, eventId }) => `${subscriber} handled ${eventId}, which is not in the log`);

/** Within each subscriber and group, effects happen in the order of the log. */
function findDisorder(
  effects: readonly Effect[],
  facts: ReadonlyMap<string, LoggedFact>,
  groupOf: (fact: LoggedFact) => string,
): string[] {
  const newest = new Map<string, LoggedFact>();
  const broken: string[] = [];
  for (const { subscriber, eventId } of effects.toSorted((a, b) => a.sequence - b.sequence)) {
    const fact = facts.get(eventId);
    if (!fact) continue;
    const lane = `${subscriber} ${groupOf(fact)}`;
    const before = newest.get(lane);
    if (before && before.position > fact.position) broken.push(`${subscriber}: ${show(fact)} after ${show(before)}`);
    else newest.set(lane, fact);
  }
  return broken;
}

/** What was parked is handled later than its neighbours: only its key keeps its order. */
function neverParked({ effects, wasParked }: Evidence): Effect[] {
  const parked = new Set(wasParked.map(({ subscriber, eventId }) => `${subscriber} ${eventId}`));
  return effects.filter(({ subscriber, eventId }) => !parked.has(`${subscriber} ${eventId}`));
}

/** A poison holds back its own key, so what stands behind it on its account may be parked with it. */
function findInnocents({ parked, log }: Evidence, facts: ReadonlyMap<string, LoggedFact>): string[] {
  const poisoned = new Set(log.filter(({ poison }) => poison !== null).map(keyOf));
  return parked
    .filter(({ eventId }) => !poisoned.has(keyOf(facts.get(eventId)!)))
    .map(
      ({ subscriber, eventId, error }) => `${subscriber}: ${show(facts.get(eventId)!)}: ${error ?? 'behind another'}`,
    );
}
