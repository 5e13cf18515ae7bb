import type { Migration } from '../migration.ts';
import { createMails } from './0001_create_mails.ts';
import { createCustomers } from './0002_create_customers.ts';

export const migrations: readonly Migration[] = [createMails, createCustomers];
