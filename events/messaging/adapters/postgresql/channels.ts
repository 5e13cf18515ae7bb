/** Something was appended to the log of this database. */
export const APPENDED = 'microlith_appended';

/** An operator has changed something by hand. */
export const OPERATED = 'microlith_operated';
