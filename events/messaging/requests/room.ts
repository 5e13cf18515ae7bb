/** By kind: how many more requests there is room for. */
export type Room = ReadonlyMap<string, number>;

/** Says of each request in turn whether there is room for it, beside those before it. */
export function whileThereIsRoom(roomFor: (kind: string) => number): (request: { readonly kind: string }) => boolean {
  const left = new Map<string, number>();
  return ({ kind }) => {
    const room = left.get(kind) ?? roomFor(kind);
    left.set(kind, room - 1);
    return room > 0;
  };
}
