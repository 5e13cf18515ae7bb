import { createHash } from 'node:crypto';
import type { Lane } from '../lanes/lane-storage.ts';

/**
 * Which of several processes should work a lane. Each lane goes to the process with the highest hash of its name and the
 * lane's ("rendezvous hashing", Thaler and Ravishankar 1996) that has not got its share yet, so that no process has two
 * lanes more than another. All agree without talking, and when one comes or goes few lanes but its own move.
 */
export class Membership {
  readonly self: string;
  #members: readonly string[];
  #lanes: readonly string[] = [];
  #owners = new Map<string, string>();

  constructor(self: string) {
    this.self = self;
    this.#members = [self];
  }

  get hasOthers(): boolean {
    return this.#members.length > 1;
  }

  /** Who is there now, this process always among them, and which lanes they share. */
  update(members: readonly string[], lanes: readonly string[] = this.#lanes): void {
    const [before, lanesBefore] = [this.#members, this.#lanes];
    this.#members = [...new Set([this.self, ...members])].toSorted();
    this.#lanes = lanes.toSorted();
    if (isSame(before, this.#members) && isSame(lanesBefore, this.#lanes)) return;
    this.#owners = shareOut(this.#lanes, this.#members);
  }

  /** Milliseconds until the next turn of this process, where all have one after the other, so many milliseconds apart. */
  untilTurn(now: number, apart: number): number {
    const round = apart * this.#members.length;
    const rest = round - ((now + round - apart * this.#members.indexOf(this.self)) % round);
    return rest < apart / 2 ? rest + round : rest;
  }

  /** A lane that nobody shares out yet goes by its hash alone. */
  isMine({ id }: Pick<Lane, 'id'>): boolean {
    const owner = this.#owners.get(id) ?? rank(this.#members, id)[0]!;
    this.#owners.set(id, owner);
    return owner === this.self;
  }
}

const isSame = (before: readonly string[], now: readonly string[]): boolean =>
  before.length === now.length && before.every((name, at) => name === now[at]);

function shareOut(lanes: readonly string[], members: readonly string[]): Map<string, string> {
  const share = Math.floor(lanes.length / members.length);
  let largerShares = lanes.length % members.length;
  const owners = new Map<string, string>();
  const held = new Map(members.map((member) => [member, 0]));
  for (const lane of lanes) {
    const owner = rank(members, lane).find((member) => held.get(member)! < share + (largerShares > 0 ? 1 : 0))!;
    held.set(owner, held.get(owner)! + 1);
    if (held.get(owner)! > share) largerShares -= 1;
    owners.set(lane, owner);
  }
  return owners;
}

/** The highest hash first. */
function rank(members: readonly string[], lane: string): readonly string[] {
  const weights = new Map(members.map((member) => [member, hashOf(`${member}/${lane}`)]));
  return members.toSorted((a, b) => (weights.get(a)! < weights.get(b)! ? 1 : -1));
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
