import type { Migration } from '../migration.ts';
import { createCustomers } from './0001_create_customers.ts';

export const migrations: readonly Migration[] = [createCustomers];
