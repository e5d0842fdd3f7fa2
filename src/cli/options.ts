import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { ConfigError } from "../core/errors.ts";
import { type Severity, severities } from "../core/finding.ts";
import { type Profile, profiles } from "../core/rule.ts";
import { type FormatName, formats } from "../report/index.ts";
import type { SetupOptions } from "../setup/index.ts";

/** Options that `review` and `scan` share. */
export interface CommonOptions {
  readonly format: FormatName;
  readonly output?: string;
  readonly failOn?: Severity | "never";
  readonly config?: string;
  readonly profile: Profile;
  readonly advisories?: string;
  readonly verbose: boolean;
}

/** Adds the common options to a command. */
export function addCommonOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <format>", "how to write the report")
        .choices(formats.map((format) => format.id))
        .default("text"),
    )
    .option("--output <file>", "write the report to a file instead of standard output")
    .addOption(
      new Option(
        "--fail-on <severity>",
        "exit with 1 on findings of this severity or worse (default: the configuration's, else high)",
      ).choices([...severities, "never"]),
    )
    .option(
      "--config <file>",
      "use this configuration instead of the repository's .github/portcullis.yml",
    )
    .addOption(
      new Option("--profile <profile>", "which rules to apply")
        .choices(profiles)
        .default("default"),
    )
    .option(
      "--advisories <source>",
      "where to look up advisories about dependencies: github, osv, a file or folder in the OSV format, or off (default: the configuration's, else github where GITHUB_TOKEN is set, else what `portcullis advisories pull` has stored)",
    )
    .option("--verbose", "log what is done to standard error", false);
}

/** What the common options mean for `setUp`. Throws `ConfigError` when the configuration file cannot be read. */
export function setupOptions(options: Pick<CommonOptions, "config" | "profile">): SetupOptions {
  if (options.config === undefined) return { profile: options.profile };
  const path = options.config;
  try {
    return { profile: options.profile, config: { path, yaml: readFileSync(path, "utf8") } };
  } catch (cause) {
    throw new ConfigError(`${path}: the configuration cannot be read`, {
      hint: "Name a file that exists after --config.",
      cause,
    });
  }
}
