import { writeFileSync } from "node:fs";
import { ConfigError } from "../core/errors.ts";
import { isAtLeast, type Severity } from "../core/finding.ts";
import { formats, type Report } from "../report/index.ts";
import type { Review } from "../review/index.ts";
import type { Setup } from "../setup/index.ts";
import type { CommonOptions } from "./options.ts";
import { version } from "./version.ts";

/** Exit statuses, as DESIGN.md promises them to scripts. */
export const EXIT = { clean: 0, findings: 1, failed: 2 } as const;

/** Writes the report where it is wanted and gives the exit status. */
export function finish(
  review: Review,
  setup: Setup,
  options: CommonOptions,
  command: Report["command"],
): number {
  const failOn = options.failOn ?? setup.config["fail-on"];
  const report: Report = {
    review,
    rules: setup.rules.byId,
    version,
    colour: options.output === undefined && wantsColour(),
    failOn,
    command,
  };
  const format = formats.find((one) => one.id === options.format) ?? formats[0];
  write(format.render(report), options.output);
  return isOver(review, failOn) ? EXIT.findings : EXIT.clean;
}

function isOver(review: Review, failOn: Severity | "never"): boolean {
  return failOn !== "never" && review.new.some((finding) => isAtLeast(finding.severity, failOn));
}

/** Colour only where a person sees it (https://no-color.org). */
export function wantsColour(): boolean {
  const { NO_COLOR: no, TERM: term } = process.env;
  return process.stdout.isTTY === true && (no === undefined || no === "") && term !== "dumb";
}

/** Writes a text that ends in one line break to a file, or to standard output. */
export function write(text: string, file?: string): void {
  const whole = text.endsWith("\n") ? text : `${text}\n`;
  if (file === undefined) {
    process.stdout.write(whole);
    return;
  }
  try {
    writeFileSync(file, whole);
  } catch (cause) {
    throw new ConfigError(`${file}: the report cannot be written there`, {
      hint: "Name a file in a folder that exists after --output.",
      cause,
    });
  }
}
