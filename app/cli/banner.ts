import type { Demo } from '../demo/load.ts';
import { demoOrder } from '../demo/order.ts';

export interface BannerFacts {
  readonly url: string;
  readonly place: string;
  readonly demo: Demo | undefined;
  /** Other commands can look at it too: it is not in memory only. */
  readonly isShared: boolean;
  /** Everybody may reach it. */
  readonly isOpen: boolean;
}

/** What a person wants to know when the server is up: where to look, and something to try. */
export function banner({ url, place, demo, isShared, isOpen }: BannerFacts): string {
  const lines = [
    '',
    '  microlith is running',
    '',
    `  API docs   ${url}/docs`,
    `  OpenAPI    ${url}/openapi.json`,
    `  metrics    ${url}/metrics`,
    `  data       ${place}`,
    '',
    ...(demo ? tryIt(url, demo, isShared) : []),
    '  Ctrl-C stops the server.',
    '',
    ...(isOpen
      ? ['  WARNING  there is no sign-in yet, and the server answers to everybody (MICROLITH_OPEN=1)', '']
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function tryIt(url: string, demo: Demo, isShared: boolean): string[] {
  return [
    '  Place an order:',
    '',
    `  curl -s ${url}/api/checkout/orders -H 'content-type: application/json' -d '${JSON.stringify(demoOrder(demo))}'`,
    '',
    '  and follow it, with the id that you get:',
    '',
    `  curl -s ${url}/api/checkout/orders/<id>`,
    ...(isShared ? ['  npx microlith trace <id>'] : []),
    '',
  ];
}
