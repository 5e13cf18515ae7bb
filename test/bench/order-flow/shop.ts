import type { Demand, PlannedOrder } from '../../proofs/support/demand.ts';
import type { PrivateGround } from '../../proofs/support/ground.ts';

/** A shop at work, ordered from over its public HTTP API. */
export interface Shop {
  /** Milliseconds from the start of the first server until it served. */
  readonly startedIn: number;
  /** The processes of each server. */
  readonly servers: readonly (readonly number[])[];
  /** Resolves once the order is paid for and its stock set aside, with the HTTP calls it took. @throws {Disqualified} */
  buy(order: PlannedOrder, client: number): Promise<number>;
  /** Resolves when nothing is left to follow from the orders. */
  quiet(): Promise<void>;
  readBooks(): Promise<Books>;
  readFollowUps(): Promise<FollowUps>;
  close(): Promise<void>;
}

export interface ShopPlan {
  readonly demand: Demand;
  readonly clients: number;
  readonly processes: number;
  /** For the programs of the servers, before everything else. */
  readonly flags: readonly string[];
}

/** Makes a shop with the goods of a demand, by its own means, in an empty database, and starts it anew. */
export type OpenShop = (ground: PrivateGround, plan: ShopPlan) => Promise<Shop>;

/** What a shop's own tables say has become of all its orders. */
export interface Books {
  /** Orders for which all was paid. */
  readonly paid: number;
  /** Pieces set aside, by SKU. */
  readonly setAside: ReadonlyMap<string, number>;
  /** Orders whose customer was sent the confirmation. */
  readonly mailed: number;
}

/** Milliseconds since the order was confirmed, of each order, in the order in which they were. */
export interface FollowUps {
  /** Until the last that follows was committed, where the mail only has to be waiting. */
  readonly followed: readonly number[];
  /** Until the mail was sent, and that was committed. */
  readonly mailed: readonly number[];
}
