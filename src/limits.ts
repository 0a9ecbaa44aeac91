/** Limits a user may change, with what they are otherwise. */

/** The time one file may take, in milliseconds. */
export const defaultFileLimitMs = 5_000;
