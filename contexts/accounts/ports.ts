import type { UnitScope } from '#events/messaging';
import type { CustomerId } from '#shared-kernel/ids';
import type { Page, PageRequest } from '#shared-kernel/page';
import type { ActiveCustomer, Customer } from './domain/customer.ts';

/** Everything a command of accounts may touch inside one transaction. */
export interface AccountsScope extends UnitScope {
  readonly customers: CustomerRepository;
  readonly credentials: CredentialRepository;
}

export interface CustomerRepository {
  /** @throws {CustomerNotFound} */
  get(id: CustomerId): Promise<Customer>;
  find(id: CustomerId): Promise<Customer | undefined>;
  findByEmail(email: string): Promise<ActiveCustomer | undefined>;
  /** Those of them that are known, at once, in any order. */
  findAll(ids: readonly CustomerId[]): Promise<readonly Customer[]>;
  list(page: PageRequest): Promise<Page<Customer>>;
  /** @throws {EmailTaken} */
  add(customer: ActiveCustomer): Promise<void>;
  /** @throws {EmailTaken} */
  save(customer: Customer): Promise<void>;
}

/** The hashes of passwords, apart from the people, so that none is shown by accident. */
export interface CredentialRepository {
  find(customerId: CustomerId): Promise<string | undefined>;
  save(customerId: CustomerId, passwordHash: string): Promise<void>;
  remove(customerId: CustomerId): Promise<void>;
}

/** Turns passwords into what may be stored. Slow on purpose: never called inside a unit of work. */
export interface PasswordHasher {
  /** Another hash each time, which says itself how it was made. */
  hash(password: string): Promise<string>;
  /** Whether it is the password behind the hash. Without a hash it is not, which takes as long to find out. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}
