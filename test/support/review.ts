import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { type Config, defaultConfig } from "../../src/core/config.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { SourceTree } from "../../src/core/source-tree.ts";
import { type Review, type ReviewRequest, review, scan } from "../../src/review/index.ts";
import { loadRules, type RuleSet } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/index.ts";
import { changesBetween } from "./changes.ts";

type Files = Readonly<Record<string, string>>;

export interface Options {
  /** The rules that run; all of them where none are named. */
  readonly rules?: readonly string[];
  readonly config?: Partial<Config>;
  readonly today?: string;
  /** Old paths and the new ones, of renamed files. */
  readonly renames?: Readonly<Record<string, string>>;
  readonly history?: ReviewRequest["history"];
}

const everything = loadRules(ruleFiles, matchSchemas, { profile: "all" });

function request({ rules: ids, config = {}, today = "2026-01-01" }: Options) {
  return { rules: rulesOf(ids), config: { ...defaultConfig, ...config }, today };
}

/** One set for all who ask for all: what is made ready for it is so once. */
function rulesOf(ids: Options["rules"]): RuleSet {
  if (ids === undefined) return everything;
  const rules = everything.rules.filter((rule) => ids.includes(rule.id));
  return { ...everything, rules, byId: new Map(rules.map((rule) => [rule.id, rule])) };
}

/** Scans a tree given by its texts. */
export function scanOf(files: Files, options: Options = {}): Promise<Review> {
  return scanOfTree(memoryTree(files, "tree"), options);
}

/** Scans a tree. */
export function scanOfTree(tree: SourceTree, options: Options = {}): Promise<Review> {
  return scan({ tree, ...request(options) });
}

/** Reviews the change from one tree to another. */
export function reviewOf(base: Files, head: Files, options: Options = {}): Promise<Review> {
  return reviewOfTrees(memoryTree(base, "base"), memoryTree(head, "head"), { base, head }, options);
}

/** The same of trees that give the texts in some way of their own. */
export function reviewOfTrees(
  base: SourceTree,
  head: SourceTree,
  texts: { readonly base: Files; readonly head: Files },
  options: Options = {},
): Promise<Review> {
  return review({
    base,
    head,
    changes: changesBetween(texts.base, texts.head, options.renames),
    ...(options.history !== undefined && { history: options.history }),
    ...request(options),
  });
}

/** `path:line` of each finding, sorted. */
export function placesOf(findings: readonly Finding[]): string[] {
  return findings.map((one) => `${one.path}:${one.region.startLine}`).sort();
}
