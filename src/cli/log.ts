/** What the command line says of its work. */
interface Log {
  debug(facts: Readonly<Record<string, unknown>>, message: string): void;
}

const silence: Log = { debug: () => {} };

/**
 * The log behind `--verbose`: JSON lines on standard error. Entries name files, revisions and counts, never content, so that
 * no secret can get in. The logger is loaded when somebody wants to read it.
 */
export async function createLog(verbose: boolean): Promise<Log> {
  if (!verbose) return silence;
  const { pino } = await import("pino");
  const log: Log = pino({ level: "debug", base: null }, pino.destination({ fd: 2, sync: true }));
  return log;
}
