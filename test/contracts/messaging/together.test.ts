import { beforeEach, describe, expect, test } from 'vitest';
import { Together } from '#events/messaging/requests/together';

describe('what goes together behind others', () => {
  let runs: string[][];
  let fail: (items: readonly string[]) => Error | undefined;
  beforeEach(() => void (runs = []));
  const together = () =>
    new Together<string, string>(async (items) => {
      runs.push([...items]);
      const error = fail(items);
      if (error) throw error;
      return items.map((item) => `${item} done`);
    });
  const addAll = async (...items: readonly string[]) => {
    const group = together();
    const ends = await Promise.allSettled(items.map((item) => group.add(item)));
    return ends.map((end) => (end.status === 'fulfilled' ? end.value : (end.reason as Error).message));
  };

  test('goes alone where one of them fails', async () => {
    fail = (items) => (items.includes('c') ? new Error('poison') : undefined);
    expect(await addAll('a', 'b', 'c', 'd')).toEqual(['a done', 'b done', 'poison', 'd done']);
    expect(runs).toEqual([['a'], ['b', 'c', 'd'], ['b'], ['c'], ['d']]);
  });

  test('fails at once in an outage, which would keep each of them waiting', async () => {
    const outage = Object.assign(new Error('the database is away'), { code: 'ECONNREFUSED' });
    fail = () => outage;
    expect(await addAll('a', 'b', 'c', 'd')).toEqual(Array(4).fill('the database is away'));
    expect(runs).toEqual([['a'], ['b', 'c', 'd']]);
  });
});
