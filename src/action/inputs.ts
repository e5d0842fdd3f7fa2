// Why names with spaces: a composite action gets no INPUT_ variables by itself. `action.yml` sets them, with underscores because a
// shell may drop variables that hold a hyphen, and `getInput` writes an underscore for a space.
import { posix } from "node:path";
import { getInput } from "@actions/core";
import { ConfigError } from "../core/errors.ts";
import { type Severity, severities } from "../core/finding.ts";
import { didYouMean } from "../core/nearest.ts";
import { type Profile, profiles } from "../core/rule.ts";

/** What the workflow asks for. Absent means: as the repository's configuration says. */
export interface Inputs {
  readonly failOn?: Severity | "never";
  readonly commentOn?: Severity | "never";
  /** From the root of the repository. */
  readonly configPath?: string;
  readonly profile: Profile;
  readonly advisories?: "github" | "osv" | "off";
  readonly sarifFile?: string;
  /** From the workspace, without `.` and `..`; empty for the workspace itself. */
  readonly workingDirectory: string;
  readonly token: string;
}

const thresholds = [...severities, "never"] as const;

/** Reads the inputs from the environment. Throws `ConfigError` that names every wrong one and the nearest value. */
export function readInputs(): Inputs {
  const problems: string[] = [];
  const choose = <T extends string>(name: string, allowed: readonly T[]): T | undefined => {
    const given = input(name);
    if (given === "") return undefined;
    const found = allowed.find((one) => one === given.toLowerCase());
    if (found === undefined)
      problems.push(
        `${name}: ${JSON.stringify(given)} is not a value.${didYouMean(given, allowed)}`,
      );
    return found;
  };
  const path = (name: string): string | undefined => {
    const given = input(name).replaceAll("\\", "/");
    if (given === "") return undefined;
    const normal = posix.normalize(given).replace(/^\.\/|\/$/g, "");
    if (posix.isAbsolute(normal) || /^\.\.(\/|$)|^[A-Za-z]:|\0/.test(normal))
      problems.push(
        `${name}: ${JSON.stringify(given)} leads out of the workspace. Name a path below it.`,
      );
    return normal;
  };

  const failOn = choose("fail-on", thresholds);
  const comment = choose("comment", ["true", "false", ...thresholds]);
  const profile = choose("profile", profiles) ?? "default";
  const advisories = choose("advisories", ["github", "osv", "off"]);
  const token = input("token");
  if (token === "")
    problems.push("token: is empty. Leave the input out to use the workflow's own.");
  const configPath = path("config");
  const sarifFile = path("sarif-file");
  const workingDirectory = path("working-directory") ?? ".";
  if (problems.length > 0) {
    throw new ConfigError(problems.map((problem) => `Wrong input ${problem}`).join("\n"), {
      hint: "Correct it under `with:` of the step that uses Portcullis.",
    });
  }
  const commentOn = comment === "false" ? "never" : comment === "true" ? undefined : comment;
  return {
    ...(failOn !== undefined && { failOn }),
    ...(commentOn !== undefined && { commentOn }),
    ...(configPath !== undefined && { configPath }),
    ...(sarifFile !== undefined && { sarifFile }),
    ...(advisories !== undefined && { advisories }),
    profile,
    workingDirectory: workingDirectory === "." ? "" : workingDirectory,
    token,
  };
}

function input(name: string): string {
  return getInput(name.replaceAll("-", " "));
}
