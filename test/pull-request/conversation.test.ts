import { describe, expect, it } from "vitest";
import { parseHunks } from "../../src/core/change.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { Finding, Replacement } from "../../src/core/finding.ts";
import {
  type Marker,
  readMarker,
  type Thread,
  twinsIn,
  withMarker,
} from "../../src/github/index.ts";
import { type PlanRequest, planConversation } from "../../src/pull-request/conversation.ts";
import { at, bareFinding, commented, report } from "../report/samples.ts";

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
    const outside = findings.map((one, index) =>
      index % 2 === 0 ? one : { ...one, region: at(99) },
    );
    expect(plan(outside, { config })).toMatchObject({
      comments: [{ line: 12 }],
      onFiles: [{ path: "shop/views.py" }],
      uncommented: 38,
    });
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

  const thread = (fingerprint: string, state: Marker["state"], more: Partial<Thread> = {}) => {
    const marker: Marker = { fingerprint, state, rule: "a/b" };
    const body = withMarker(`It was ${fingerprint}.`, marker);
    const comment = { id: 1, nodeId: "C", author: "p", isOwn: true, isMinimized: false, body };
    return {
      id: fingerprint,
      path: "shop/views.py",
      line: 12,
      isResolved: false,
      isOutdated: false,
      canResolve: false,
      marker,
      comment: { ...comment, reviewId: undefined },
      replies: [],
      ...more,
    } satisfies Thread;
  };
  const idsOf = (steps: readonly { readonly thread: Thread }[]) =>
    steps.map(({ thread: { id } }) => id);

  it("says nothing twice, opens what came back, and leaves alone what was dismissed", () => {
    const states = ["open", "fixed", "dismissed"] as const;
    const { comments, reopen, close } = plan(
      states.map((state) => finding(state)),
      {
        threads: states.map((state) => thread(state, state)),
      },
    );
    expect([comments, idsOf(reopen), close]).toEqual([[], ["fixed"], []]);
    expect(readMarker(reopen[0]?.body ?? "")).toMatchObject({ state: "open" });
  });

  it("closes what is gone, once, but not what was not read", () => {
    const review = {
      ...report().review,
      skipped: [{ path: "unread.py", reason: "too large" }],
      suppressed: [{ ...commented(), finding: finding("silenced") }],
    };
    const threads = [
      thread("gone", "open"),
      thread("silenced", "open"),
      thread("unread", "open", { path: "unread.py" }),
      thread("long gone", "fixed"),
      thread("dismissed", "dismissed"),
    ];
    const { close } = plan([], { review, threads });
    expect(idsOf(close)).toEqual(["gone", "silenced"]);
    expect(close[0]?.body).toMatch(/^\*\*Fixed as of 000000000000\.\*\*\n[\s\S]*It was gone\./);
    expect(close[1]?.body).toMatch(/^\*\*Silenced as of 000000000000\.\*\*\n/);
    expect(readMarker(close[0]?.body ?? "")).toEqual({
      fingerprint: "gone",
      state: "fixed",
      rule: "a/b",
      commit: "0".repeat(40),
    });
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

  it("takes back what another has said before, unless it was answered or is no longer open", () => {
    const comment = (id: number) => ({ ...thread("f", "open").comment, id });
    const own = [
      thread("f", "open", { id: "first", comment: comment(5) }),
      thread("f", "open", { id: "second", comment: comment(7) }),
      thread("f", "open", { id: "answered", comment: comment(8), replies: [comment(9)] }),
      thread("f", "fixed", { id: "fixed", comment: comment(10) }),
      thread("g", "open", { id: "before the other bot", comment: comment(11) }),
      thread("h", "open", { id: "after the other bot", comment: comment(12) }),
    ];
    const saidByOthers = new Map([
      ["g", 20],
      ["h", 3],
    ]);
    expect(twinsIn({ own, saidByOthers }).map(({ id }) => id)).toEqual([
      "second",
      "after the other bot",
    ]);
  });
});
