import { type Finding, isAtLeast, type Severity } from "../core/finding.ts";

/** True when a finding makes the check fail. */
export function isFailing(finding: Finding, failOn: Severity | "never"): boolean {
  return failOn !== "never" && isAtLeast(finding.severity, failOn);
}
