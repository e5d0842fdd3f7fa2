// The log names deliveries, repositories, commits and counts, never content. Probot and Octokit would log more: request bodies at
// debug, and errors that carry the whole event. So fields are let in by name, and of errors only what cannot quote anybody; a repository
// or a revision may be called like a token all the same.
import { type DestinationStream, type Logger, pino } from "pino";
import { PortcullisError } from "../core/errors.ts";
import { withoutSecrets } from "../setup/index.ts";
import type { Settings } from "./settings.ts";

const FIELDS = new Set([
  "action",
  "attempt",
  "comments",
  "conclusion",
  "count",
  "delivery",
  "err",
  "event",
  "findings",
  "head",
  "installation",
  "job",
  "milliseconds",
  "permission",
  "pullRequest",
  "reason",
  "repository",
  "result",
  "signal",
]);

/** JSON lines on standard output, or lines for people. */
export function createLog(
  { logLevel, logFormat }: Pick<Settings, "logLevel" | "logFormat">,
  to: DestinationStream = pino.destination({ fd: 1, sync: true }),
): Logger {
  return pino(
    {
      level: logLevel,
      base: null,
      formatters: {
        log: (fields) =>
          Object.fromEntries(Object.entries(fields).filter(([name]) => FIELDS.has(name))),
      },
      serializers: { err: describeError },
    },
    {
      write: (line) => to.write(withoutSecrets(logFormat === "json" ? line : toPretty(line))),
    },
  );
}

/** What may be told of an error. Messages of others may quote a request, a payload or a file. */
function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name } = error;
  const inner = error instanceof AggregateError ? error.errors.map(describeError) : undefined;
  return {
    type: name,
    ...(isOwn(error) && { message: error.message.slice(0, 500) }),
    ...("status" in error && typeof error.status === "number" && { status: error.status }),
    ...("code" in error && typeof error.code === "string" && { code: error.code }),
    stack: (error.stack ?? "")
      .split("\n")
      .filter((line) => /^\s+at /.test(line))
      .join("\n"),
    ...(inner !== undefined && { errors: inner }),
  };
}

/** Ours, or one that the language made of our mistake: neither quotes what it was given. */
function isOwn(error: Error): boolean {
  return (
    error instanceof PortcullisError ||
    ["TypeError", "RangeError", "ReferenceError"].includes(error.name)
  );
}

function toPretty(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line);
  const label = String(pino.levels.labels[level] ?? level)
    .toUpperCase()
    .padEnd(5);
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  return `${new Date(time).toISOString()} ${label} ${msg ?? ""}${rest.join("")}\n`;
}
