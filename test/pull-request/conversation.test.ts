import { expect, it } from "vitest";
import { parseHunks } from "../../src/core/change.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { Replacement } from "../../src/core/finding.ts";
import { planConversation } from "../../src/pull-request/conversation.ts";
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
    saidByOthers: new Set(),
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
