import type { Subscriber } from '#events/messaging/lanes/subscriber';

type Named = Pick<Subscriber<never>, 'name' | 'aliases'>;

/** Released names that no subscriber answers to: their lanes would begin anew. */
export const findLostNames = (subscribers: readonly Named[], released: readonly string[]): string[] => {
  const answering = new Set(subscribers.flatMap(({ name, aliases }) => [name, ...aliases]));
  return released
    .filter((name) => !answering.has(name))
    .map(
      (name) =>
        `nobody answers to ${name}. If it was renamed, give it aliases: ['${name}']; if it is gone for good, take its line out of test/architecture/released-subscribers.txt and, where it ran, end its lane: npm run microlith -- events retire ${name} --reason …`,
    );
};

/** Names that subscribers have and that are not yet kept as released. */
export const findUnreleasedNames = (subscribers: readonly Named[], released: readonly string[]): string[] =>
  subscribers
    .filter(({ name }) => !released.includes(name))
    .map(
      ({ name }) =>
        `${name} is not kept yet. If it is new, add the line ${name} to test/architecture/released-subscribers.txt; if an old one got this name, put the old name into its aliases first, and leave its line where it is`,
    );
