import type { InMemoryContext } from '#events/messaging/adapters/in-memory/store';
import type { DeskScope } from './note.ts';

export const deskInMemory: InMemoryContext<DeskScope> = {
  context: 'desk',
  createScope: (tables, unit) => {
    const notes = tables.table<string>('notes');
    return {
      ...unit,
      notes: {
        add: async (text) => notes.put(String(notes.all().length), text),
        all: async () => notes.all(),
      },
    };
  },
};
