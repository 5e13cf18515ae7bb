/**
 * When its postmaster was started names the run of a server: a standby that takes over has another, and so has a server that was
 * restored or restarted. As a number, which no setting of a session writes otherwise.
 */
export const SERVER_RUN = 'extract(epoch from pg_postmaster_start_time())::text';
