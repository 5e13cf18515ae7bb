/** Whether a parked event of a table, or what stands for it, is the oldest of its key: the others wait for it. As a condition. */
export const isHead = (context: string, row: string): string => `
  (${row}.key is null or not exists (
    select from ${context}.parked older
     where (older.lane_id, older.tenant_id, older.key) = (${row}.lane_id, ${row}.tenant_id, ${row}.key)
       and older.position < ${row}.position))`;
