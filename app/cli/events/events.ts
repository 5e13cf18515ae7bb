import type { Command } from 'commander';
import { addLaneCommands } from './lanes.ts';
import { addParked } from './parked.ts';
import { addPrune } from './prune.ts';
import { addReplay } from './replay.ts';
import { addRequests } from './requests.ts';
import { addShow } from './show.ts';
import { addStatus } from './status.ts';
import { addTail } from './tail.ts';

const MORE = `
Exit codes: 0 done; 1 not done or not all of it, or something needs a person
(status); 2 used or configured wrongly;
130 stopped by Ctrl-C, except tail, which it ends with 0.
What needs a person, and what to do about it: docs/guides/operations.md`;

/** The post office, for those who run it. */
export function addEvents(program: Command): void {
  const events = program
    .command('events')
    .description('the post office: status, tail, parked events, requests to the outside, replays, pruning')
    .addHelpText('after', MORE);
  addStatus(events);
  addTail(events);
  addShow(events);
  addParked(events);
  addRequests(events);
  addReplay(events);
  addLaneCommands(events);
  addPrune(events);
}
