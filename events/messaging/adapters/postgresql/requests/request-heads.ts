/** Whether the request `r` is the oldest of its key that has not ended: the others wait for it. As a condition. */
export const isHead = (context: string): string => `
  r.state = 'pending' and (r.key is null or not exists (
    select from ${context}.request older
     where (older.tenant_id, older.kind, older.key) = (r.tenant_id, r.kind, r.key)
       and older.state = 'pending' and older.sequence < r.sequence))`;
