import type { EventDraft } from '#events/messaging/log/log';
import type { Statement } from '../database/backend.ts';
import type { Guards } from '../guards.ts';

/** Appends facts in their order: the log's table is locked first, then position after position is drawn. */
export const append = (drafts: readonly EventDraft[], has: Guards): Statement<void> =>
  function* (backend) {
    if (has('positionsAreDrawnUnderLock')) backend.beginAppending();
    for (const draft of drafts) {
      yield;
      backend.append(draft);
    }
    yield;
    backend.beginAppending();
  };
