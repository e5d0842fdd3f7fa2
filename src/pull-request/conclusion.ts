import type { Finding, Severity } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import type { Annotation, CheckAction, CompleteCheck } from "../github/index.ts";
import { CHECK_RUN_BYTES, headline, type Report, renderMarkdown } from "../report/index.ts";
import { isFailing } from "./failing.ts";

export interface CheckExtras {
  /** Sentences about the run itself, such as a missing permission. */
  readonly remarks: readonly string[];
  /** About other things than findings. */
  readonly annotations: readonly Annotation[];
  /** Shown where there are findings. */
  readonly buttons: readonly CheckAction[];
}

/** What the check run of a reviewed commit says. */
export function toCheck(report: Report, extras: CheckExtras): CompleteCheck {
  const { remarks, buttons } = extras;
  const { review, failOn, rules } = report;
  const intro = remarks.map((remark) => `> ${remark}\n`).join("\n");
  return {
    conclusion: conclude(review.new, failOn),
    title: headline(report),
    summary: `${intro}${intro === "" ? "" : "\n"}${renderMarkdown(report, CHECK_RUN_BYTES - 2_000 - intro.length)}`,
    annotations: [
      ...extras.annotations,
      ...review.new.map((finding) => toAnnotation(finding, rules.get(finding.ruleId))),
    ],
    actions: review.new.length > 0 ? buttons : [],
  };
}

/** A run that never says "failure" of its own troubles: a required check must not block a merge because we broke. */
export function toTroubleCheck(title: string, text: string): CompleteCheck {
  return { conclusion: "neutral", title, summary: text };
}

function conclude(
  findings: readonly Finding[],
  failOn: Severity | "never",
): CompleteCheck["conclusion"] {
  if (failOn === "never") return findings.length > 0 ? "neutral" : "success";
  return findings.some((finding) => isFailing(finding, failOn)) ? "failure" : "success";
}

function toAnnotation(finding: Finding, rule: Rule | undefined): Annotation {
  return {
    path: finding.path,
    region: finding.region,
    level: annotationLevels[finding.severity],
    title: `${rule?.title ?? finding.ruleId} (${finding.ruleId})`,
    message:
      rule === undefined ? finding.message : `${finding.message}\n\nHow to fix: ${rule.remedy}`,
    ...(finding.trace.length > 0 && {
      details: finding.trace
        .map((step) => `${step.path}:${step.region.startLine}: ${step.message}`)
        .join("\n"),
    }),
  };
}

const annotationLevels = {
  critical: "failure",
  high: "failure",
  medium: "warning",
  low: "notice",
} as const satisfies Record<Severity, Annotation["level"]>;
