import { describe, expect, test } from 'vitest';
import { banner } from '#app/cli/banner';
import { demo } from '#app/demo/load';

const facts = { url: 'http://0.0.0.0:3000', place: 'memory only', demo: undefined, isShared: true };

describe('the banner', () => {
  test('warns when everybody may reach the server, and only then', () => {
    const warning = 'WARNING  there is no sign-in yet, and the server answers to everybody';
    expect(banner({ ...facts, isOpen: true })).toContain(warning);
    expect(banner({ ...facts, isOpen: false })).not.toContain('WARNING');
  });

  test('shows no order to place where there is nothing to order', () => {
    expect(banner({ ...facts, isOpen: false })).not.toContain('curl');
  });

  test('recommends no command that could not see the order', () => {
    const shown = (isShared: boolean) => banner({ ...facts, demo, isShared, isOpen: false });
    expect(shown(true)).toContain('npx microlith trace <id>');
    expect(shown(false)).not.toContain('trace');
  });
});
