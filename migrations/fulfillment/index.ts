import type { Migration } from '../migration.ts';
import { createStock } from './0001_create_stock.ts';
import { createReservations } from './0002_create_reservations.ts';
import { createCopies } from './0003_create_copies.ts';
import { indexStockRecords } from './0004_index_stock_records.ts';
import { letPartsGo } from './0005_let_parts_go.ts';

export const migrations: readonly Migration[] = [
  createStock,
  createReservations,
  createCopies,
  indexStockRecords,
  letPartsGo,
];
