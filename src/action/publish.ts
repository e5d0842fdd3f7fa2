import { randomUUID } from "node:crypto";
import { mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as core from "@actions/core";
import { ConfigError } from "../core/errors.ts";
import { type Finding, severities } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import { formats, headline, type Report, renderMarkdown, renderSarif } from "../report/index.ts";
import { fitAnnotations } from "./annotations.ts";
import type { Result } from "./result.ts";

/** A summary over 1 MiB is not shown at all. This leaves room for the remarks. */
const MAX_SUMMARY_BYTES = 1_000_000;
/** All outputs of a job together may have 1 MB. */
const MAX_FINGERPRINTS = 10_000;

/** Where the run stands and what it was asked for, as far as its results depend on it. */
export interface Place {
  readonly workspace: string;
  readonly sarifFile?: string;
}

/**
 * Leaves behind what a workflow can use: masks, log, annotations where no check run holds them, summary, SARIF, outputs, and the
 * exit status. Masks come first: what is printed after them cannot show a secret.
 */
export async function publish(result: Result, report: Report, place: Place): Promise<void> {
  for (const text of result.secrets) core.setSecret(text);
  printReport(report);
  const cut = result.hasCheck ? 0 : annotate(report);
  const remarks = [...result.remarks, ...(cut === 0 ? [] : [cutRemark(cut)])];
  if (result.remarks.length > 0) core.notice(result.remarks.join("\n"), { title: "Portcullis" });
  if (cut > 0) core.notice(cutRemark(cut), { title: "Portcullis" });
  await summarise(report, remarks);
  if (place.sarifFile !== undefined) writeSarif(report, place.sarifFile, place.workspace);
  setOutputs(result, report, place.sarifFile);
  if (result.conclusion === "failure") {
    core.setFailed(`${headline(report)}. Fails on findings that are ${report.failOn} or worse.`);
  }
}

/** What the runner would take for a command is only text, since a reviewed file may hold anything. */
function printReport(report: Report): void {
  const [text] = formats;
  const end = randomUUID();
  core.info(`::stop-commands::${end}`);
  core.info(text.render(report));
  core.info(`::${end}::`);
}

const say = { error: core.error, warning: core.warning, notice: core.notice } as const;

function annotate({ review, rules }: Report): number {
  const { kept, cut } = fitAnnotations(review.new);
  for (const { finding, level } of kept) {
    const rule = rules.get(finding.ruleId);
    say[level](messageOf(finding, rule), {
      title: `${rule?.title ?? finding.ruleId} (${finding.ruleId})`,
      file: finding.path,
      ...linesOf(finding),
    });
  }
  return cut;
}

/** Columns belong to annotations of a single line only. */
function linesOf({ region: { startLine, startColumn, endLine, endColumn } }: Finding) {
  const lines = { startLine, endLine: Math.max(startLine, endLine) };
  if (endLine > startLine) return lines;
  return { ...lines, startColumn, endColumn: Math.max(startColumn, endColumn) };
}

function messageOf(finding: Finding, rule: Rule | undefined): string {
  return rule === undefined ? finding.message : `${finding.message}\nHow to fix: ${rule.remedy}`;
}

function cutRemark(cut: number): string {
  const are = cut === 1 ? "finding has" : "findings have";
  return `${cut} more ${are} no annotation: GitHub shows ten of each kind. The job's summary and log list all.`;
}

async function summarise(report: Report, remarks: readonly string[]): Promise<void> {
  if ((process.env["GITHUB_STEP_SUMMARY"] ?? "") === "") return;
  const intro = remarks.map((remark) => `> ${remark}\n\n`).join("");
  await core.summary.addRaw(intro).addRaw(renderMarkdown(report, MAX_SUMMARY_BYTES), true).write();
}

/** Suppressed results are left out: code scanning would show them as open. */
function writeSarif(report: Report, file: string, workspace: string): void {
  const path = join(workspace, file);
  try {
    makeFolder(dirname(file), workspace);
    // The checkout may hold a link of that name: it is replaced, and not followed.
    rmSync(path, { force: true });
    writeFileSync(path, renderSarif(report, { suppressed: false }), { flag: "wx" });
  } catch (cause) {
    throw new ConfigError(`Wrong input sarif-file: ${file} cannot be written.`, {
      hint: "Name a file in a folder that the job may write to.",
      cause,
    });
  }
}

/** Folder by folder: a link of the checkout may lead out of the workspace, where nothing is written. */
function makeFolder(folder: string, workspace: string): void {
  let path = realpathSync(workspace);
  for (const name of folder.split("/")) {
    path = join(path, name);
    mkdirSync(path, { recursive: true });
    if (realpathSync(path) !== path) throw new Error(`${folder} leads through a link`);
  }
}

function setOutputs(result: Result, { review }: Report, sarifFile: string | undefined): void {
  core.setOutput("conclusion", result.conclusion);
  core.setOutput("new", review.new.length);
  for (const severity of severities) {
    core.setOutput(severity, review.new.filter((finding) => finding.severity === severity).length);
  }
  const fingerprints = review.new.slice(0, MAX_FINGERPRINTS).map((finding) => finding.fingerprint);
  core.setOutput("fingerprints", JSON.stringify(fingerprints));
  core.setOutput("sarif-file", sarifFile ?? "");
}
