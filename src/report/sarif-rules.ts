import type { ReportingDescriptor } from "sarif";
import type { Confidence, Finding, Severity } from "../core/finding.ts";
import { compareText, severities } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import { messageOf } from "../rules/index.ts";
import { sarifText } from "./escape.ts";

/** GitHub rejects a rule with more. */
const MAX_TAGS = 20;

/** The rules of these findings, in the order of their ids. */
export function describeRules(
  findings: readonly Finding[],
  rules: ReadonlyMap<string, Rule>,
): ReportingDescriptor[] {
  const worst = new Map<string, Finding>();
  for (const finding of findings) {
    const known = worst.get(finding.ruleId);
    if (
      known === undefined ||
      severities.indexOf(finding.severity) < severities.indexOf(known.severity)
    ) {
      worst.set(finding.ruleId, finding);
    }
  }
  return [...worst.values()]
    .sort((a, b) => compareText(a.ruleId, b.ruleId))
    .map((finding) => toRule(finding, rules.get(finding.ruleId)));
}

/** GitHub takes an alert's severity from its rule, so that is the worst one found: configuration may have changed the rule's own. */
function toRule(
  { ruleId, severity, confidence, message }: Finding,
  rule: Rule | undefined,
): ReportingDescriptor {
  const title = rule?.title ?? ruleId;
  const level = levelOf(severity);
  const what = rule === undefined ? message : messageOf(rule);
  const remedy = rule?.remedy ?? "See the message of each result.";
  const references = rule?.references ?? [];
  const [helpUri] = references;
  return {
    id: ruleId,
    name: ruleId.replace(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_, letter: string) =>
      letter.toUpperCase(),
    ),
    shortDescription: { text: sarifText(title) },
    fullDescription: { text: sarifText(what) },
    help: {
      text: [`${sarifText(what)}\n\nHow to fix it: ${remedy}`, ...references].join("\n"),
      markdown: [
        `${sarifText(what)}\n\n**How to fix it.** ${remedy}\n`,
        ...references.map((url) => `- <${url}>`),
      ].join("\n"),
    },
    ...(helpUri === undefined ? {} : { helpUri }),
    defaultConfiguration: { level },
    properties: {
      tags: tagsOf(rule),
      precision: (rule?.confidence ?? confidence) satisfies Confidence,
      "security-severity": securitySeverity[severity],
      "problem.severity": problemSeverity[severity],
    },
  };
}

/** What GitHub filters by comes first; it shows ten. */
export function tagsOf(rule: Rule | undefined): string[] {
  const cwe = (rule?.cwe ?? []).map(
    (number) => `external/cwe/cwe-${String(number).padStart(3, "0")}`,
  );
  return [...new Set(["security", ...cwe, ...(rule?.aliases ?? []), ...(rule?.owasp ?? [])])].slice(
    0,
    MAX_TAGS,
  );
}

const securitySeverity: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "3.0",
};

const problemSeverity: Readonly<Record<Severity, string>> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "recommendation",
};

/** SARIF has no level above error. */
export function levelOf(severity: Severity): "error" | "warning" | "note" {
  if (severity === "medium") return "warning";
  return severity === "low" ? "note" : "error";
}
