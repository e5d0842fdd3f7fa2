import { describe, expect, it } from "vitest";
import { parseHunks } from "../../src/core/change.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { Finding, Replacement } from "../../src/core/finding.ts";
import { type PlanRequest, planConversation } from "../../src/pull-request/conversation.ts";
import { at, bareFinding, report } from "../report/samples.ts";

const patch = "@@ -10,2 +10,4 @@\n a\n+b\n+c\n d";

/** The comment on a finding on line 12 with a fix that replaces these lines. */
function commentFor(replacement: Partial<Replacement>) {
  const fix = {
    title: "Do.",
    edits: [],
    replacements: [
      { path: "shop/views.py", startLine: 12, removed: ["c"], added: ["C"], ...replacement },
    ],
  };
  const finding = bareFinding({ path: "shop/views.py", region: at(12), fix });
  const plan = planConversation({
    review: { ...report().review, new: [finding] },
    rules: new Map(),
    config: defaultConfig,
    threads: [],
    saidByOthers: new Map(),
    listens: false,
    changes: [{ status: "modified", path: "shop/views.py", hunks: parseHunks(patch) }],
    headSha: "0".repeat(40),
  });
  return plan.comments[0];
}

it("puts a comment with a fix on exactly the lines that the fix replaces", () => {
  const one = commentFor({});
  expect(one).toMatchObject({ line: 12 });
  expect(one?.body).toContain("```suggestion\nC\n```");
  const two = commentFor({ startLine: 11, removed: ["b", "c"], added: ["B", "C"] });
  expect(two).toMatchObject({ startLine: 11, line: 12 });
  expect(two?.body).toContain("```suggestion\nB\nC\n```");
});

it("suggests nothing where the lines are not in the diff or would not be written as they are shown", () => {
  expect(commentFor({ startLine: 13, removed: ["d", "e"] })?.body).not.toContain("```suggestion");
  expect(commentFor({ added: ["C\u202e"] })?.body).not.toContain("```suggestion");
});

describe("a plan", () => {
  const plan = (findings: readonly Finding[], options: Partial<PlanRequest> = {}) =>
    planConversation({
      review: { ...report().review, new: findings },
      rules: new Map(),
      config: defaultConfig,
      threads: [],
      saidByOthers: new Map(),
      listens: true,
      changes: [{ status: "modified", path: "shop/views.py", hunks: parseHunks(patch) }],
      headSha: "0".repeat(40),
      ...options,
    });
  const finding = (fingerprint: string, more: Partial<Finding> = {}) =>
    bareFinding({ path: "shop/views.py", region: at(12), fingerprint, ...more });

  it("puts what lies outside of every hunk at the file, and nothing at a file that is not shown", () => {
    const { comments, onFiles, uncommented } = plan([
      finding("a"),
      finding("b", { region: at(99) }),
      finding("c", { path: "elsewhere.py" }),
    ]);
    expect(comments.map(({ line }) => line)).toEqual([12]);
    expect(onFiles).toMatchObject([{ path: "shop/views.py" }]);
    expect(uncommented).toBe(1);
  });

  it("has no more comments than the configuration allows, the first ones, which are the worst", () => {
    const findings = Array.from({ length: 40 }, (_, index) => finding(`finding-${index}`));
    const { comments, uncommented } = plan(findings);
    expect([comments.length, uncommented]).toEqual([30, 10]);
    expect(comments[0]?.body).toContain("finding-0");
    const config = { ...defaultConfig, "max-comments": 2 };
    expect(plan(findings, { config }).comments).toHaveLength(2);
  });

  it("comments on nothing that is doubtful, too harmless, or said by another bot", () => {
    const config = { ...defaultConfig, "comment-on": "high" } as const;
    const { comments } = plan(
      [
        finding("doubtful", { confidence: "low" }),
        finding("harmless", { severity: "medium" }),
        finding("said", { severity: "high" }),
        finding("left", { severity: "high" }),
      ],
      { config, saidByOthers: new Map([["said", 1]]) },
    );
    expect(comments.map(({ body }) => /"fingerprint":"(\w+)"/.exec(body)?.[1])).toEqual(["left"]);
  });

  it("tells how to dismiss where somebody listens, and where to read more", () => {
    const [rule] = report().rules.values();
    const one = finding("a", { ruleId: rule?.id ?? "" });
    const rules = report().rules;
    const [said] = plan([one], { rules }).comments;
    expect(said?.body).toContain("reply `/portcullis dismiss`");
    expect(said?.body).toContain(`[More about this](<${rule?.references[0]}`);
    const [quiet] = plan([one], { rules, listens: false }).comments;
    expect(quiet?.body).not.toContain("/portcullis");
  });
});
