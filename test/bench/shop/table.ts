import { availableParallelism, release, type as systemType } from 'node:os';
import type { Percentiles, ShopBench, ShopFigures } from './bench-shop.ts';

/** One line of the table: what was measured, what is aimed at, and what must never be missed (see docs/performance.md). */
type Line = readonly [name: string, figure: string, goal: string, bound: string];

/** The figures as a Markdown table. */
export function tableOf(plan: ShopBench, figures: ShopFigures): string {
  const lines: Line[] = [
    ['orders/s, HTTP to confirmed and invoiced', figures.ordersPerSecond.toFixed(1), '318', '127'],
    ['order answered, p50 / p99 ms', both(figures.answeredMs), '', ''],
    ['order confirmed, p50 / p99 ms', both(figures.confirmedMs), '20 / 60', '50 / 200'],
    ['placed → mailed, p50 / p99 ms', both(figures.followUpMs), '', ''],
    ['SQL statements per order', figures.statementsPerOrder.toFixed(1), '25', '60'],
    ['transactions per order (those that only read too)', figures.commitsPerOrder.toFixed(1), '', ''],
    ['transactions per order that wrote', figures.writesPerOrder.toFixed(1), '4', '8'],
    ['WAL per order, kB', figures.walKilobytesPerOrder.toFixed(1), '8', '16'],
    ['CPU per order, ms: server / PostgreSQL', cpuOf(figures), '3', '8'],
    ['CPU per order, ms: the load itself', figures.clientCpuMsPerOrder.toFixed(1), '', ''],
    ['start, s', (figures.startMs / 1_000).toFixed(1), '1.5', '3'],
    ['memory idle / after the load, MB', memoryOf(figures), '150 / 250', '250 / 400'],
    ['idle SQL statements/s', figures.idleStatementsPerSecond.toFixed(1), '3', '10'],
  ];
  const { orders, clients, products, processes } = plan;
  const setting = `${orders} orders, ${clients} clients, ${products} products, ${processes} server processes`;
  const machine = `Node ${process.versions.node}, ${availableParallelism()} cores, ${systemType()} ${release()}`;
  const head = ['| measure | here | goal | never worse than |', '| --- | --- | --- | --- |'];
  return [`${setting}; ${machine}`, '', ...head, ...lines.map((line) => `| ${line.join(' | ')} |`), ''].join('\n');
}

const both = ({ p50, p99 }: Percentiles): string => `${p50.toFixed(0)} / ${p99.toFixed(0)}`;

const cpuOf = ({ serverCpuMsPerOrder, postgresCpuMsPerOrder }: ShopFigures): string =>
  `${serverCpuMsPerOrder.toFixed(1)} / ${postgresCpuMsPerOrder.toFixed(1)}`;

const memoryOf = ({ idleMegabytes, loadedMegabytes }: ShopFigures): string =>
  `${idleMegabytes.toFixed(0)} / ${loadedMegabytes.toFixed(0)}`;
