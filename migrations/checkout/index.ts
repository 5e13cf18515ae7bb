import type { Migration } from '../migration.ts';
import { createOrders } from './0001_create_orders.ts';
import { createCarts } from './0002_create_carts.ts';
import { createCopies } from './0003_create_copies.ts';
import { letLinesGo } from './0004_let_lines_go.ts';
import { putStatusLast } from './0005_put_status_last.ts';

export const migrations: readonly Migration[] = [createOrders, createCarts, createCopies, letLinesGo, putStatusLast];
