import { type Logger, pino } from "pino";

/**
 * The log behind `--verbose`: JSON lines on standard error. Entries name files, revisions and counts, never content, so that
 * no secret can get in.
 */
export function createLog(verbose: boolean): Logger {
  return pino(
    { level: verbose ? "debug" : "silent", base: null },
    pino.destination({ fd: 2, sync: true }),
  );
}
