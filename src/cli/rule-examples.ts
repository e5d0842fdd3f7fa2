/** Runs a rule on its own examples: the same for the built-in rules, in the tests, and for those of a repository. */
import { analyzers } from "../analyzers/index.ts";
import { defaultConfig } from "../core/config.ts";
import { applyEdits } from "../core/edits.ts";
import type { Finding } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import type { AdvisorySource } from "../dependencies/index.ts";
import { scan } from "../review/index.ts";
import { type ExampleCase, examplesOf, type RuleSet } from "../rules/index.ts";
import { memoryTree } from "../trees/index.ts";

/** The examples of a rule as small trees. */
export function casesOf(rule: Rule): ExampleCase[] {
  const kind = analyzers.find((one) => one.kind === rule.kind);
  return examplesOf(rule, kind?.examplePath ?? "example.py");
}

/**
 * Runs one rule, alone, on one of its examples, and says what is wrong, one sentence each: of a bad one exactly the marked lines
 * are to be reported, and where the rule says what becomes of it, the fixes have to give that. `rules` is the set that the rule
 * is from: its models count.
 */
export async function runExample(
  rule: Rule,
  rules: RuleSet,
  example: ExampleCase,
  advisories?: AdvisorySource,
): Promise<string[]> {
  // An example is a tree, in which nothing changes.
  const anywhere: Rule = { ...rule, "only-in-changes": false };
  const result = await scan({
    tree: memoryTree(example.files),
    // The rule alone, so that the examples of one do not depend on another.
    rules: { ...rules, rules: [anywhere], byId: new Map([[rule.id, anywhere]]) },
    config: defaultConfig,
    today: "2026-01-01",
    ...(advisories !== undefined && { advisories }),
  });
  const found = result.new.map((finding) => `${finding.path}:${finding.region.startLine}`);
  return [
    ...(example.good || example.expected.length > 0 ? [] : ["no line is marked `# expect`"]),
    ...result.skipped.map(({ path, reason }) => `${path} was not read: ${reason}`),
    ...without(example.expected, found).map((place) => `${place} is not reported`),
    ...without(found, example.expected).map((place) => `${place} is reported`),
    ...(example.fixed === undefined ? [] : fixProblems(example, result.new)),
  ];
}

/** What is left of some places when others, each once, are taken away. */
function without(places: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return places.filter((place) => {
    const at = left.indexOf(place);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function fixProblems({ files, fixed }: ExampleCase, findings: readonly Finding[]): string[] {
  // Two findings may propose the same edit.
  const edits = new Map(
    findings
      .flatMap((finding) => finding.fix?.edits ?? [])
      .map((edit) => [JSON.stringify(edit), edit]),
  );
  return Object.entries(files).flatMap(([path, text]) => {
    const own = [...edits.values()].filter((edit) => edit.path === path);
    const got = trimmed(applyEdits(text, own));
    const wanted = trimmed(fixed?.[path] ?? text);
    return got === wanted ? [] : [`the fixes make of ${path}:\n${got}\ninstead of:\n${wanted}`];
  });
}

/** Marks leave blanks behind at the ends of lines. */
function trimmed(text: string): string {
  return text.replace(/[ \t]+$/gm, "");
}
