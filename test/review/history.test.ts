import { describe, expect, it } from "vitest";
import type { CommitAdditions } from "../../src/core/history.ts";
import { makeUp } from "../../src/rules/index.ts";
import { openRepository } from "../../src/trees/index.ts";
import { repository } from "../support/repository.ts";
import { reviewOf } from "../support/review.ts";

const TOKEN = makeUp("ghp_[A-Za-z0-9]{30}<checksum>");
const OTHER = makeUp("gho_[A-Za-z0-9]{30}<checksum>");
const LINE = `token = "${TOKEN}"`;
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

const added = (path: string, text: string, first = 1, commit = COMMIT): CommitAdditions => ({
  commit,
  path,
  lines: text.split("\n").map((line, index) => ({ number: first + index, text: line })),
});

const history = (...additions: CommitAdditions[]) => ({
  history: async () => ({ additions, isComplete: true }),
});

describe("a secret that a commit adds and a later one takes out", () => {
  it("is reported where the commit had it, though nothing of it is left to be seen", async () => {
    const { new: found } = await reviewOf(
      { "a.py": "x = 1\n" },
      { "a.py": "x = 1\n" },
      {
        ...history(added("a.py", `import os\n${LINE}`, 7)),
      },
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      ruleId: "secrets/github-token",
      path: "a.py",
      region: { startLine: 8, endLine: 8 },
      absence: true,
    });
    expect(found[0]?.message).toContain("Commit 0123456789 of this change added it");
    expect(found[0]?.excerpt).toBeUndefined();
    expect(JSON.stringify(found)).not.toContain(TOKEN);
  });

  it.each([
    ["is there in the end", { "a.py": "\n" }, { "a.py": `${LINE}\n` }],
    [
      "was there before and was moved on the way",
      { "a.py": `${LINE}\n` },
      { "a.py": "\n", "b.py": `${LINE}\n` },
    ],
    ["was there before and is taken out", { "a.py": `${LINE}\n` }, { "a.py": "\n" }],
  ])("is not one that %s", async (_what, base, head) => {
    const without = await reviewOf(base, head);
    const { new: found } = await reviewOf(base, head, history(added("a.py", LINE)));
    expect(found).toEqual(without.new);
  });

  it("is reported once, where it was first", async () => {
    const { new: found } = await reviewOf(
      { "a.py": "\n" },
      { "a.py": "\n\n" },
      {
        ...history(
          added("a.py", LINE, 1, "a".repeat(40)),
          added("b.py", LINE, 1, "b".repeat(40)),
          added("b.py", `x = "${OTHER}"`, 1, "c".repeat(40)),
        ),
      },
    );
    expect(found.map((one) => one.path)).toEqual(["a.py", "b.py"]);
  });

  it("can be silenced by the configuration", async () => {
    const rule = "secrets/github-token";
    const { new: found, suppressed } = await reviewOf(
      { "a.py": "\n" },
      { "a.py": "\n\n" },
      {
        ...history(added("a.py", LINE)),
        config: { allow: [{ rule, path: "a.py", reason: "it was a sample" }] },
      },
    );
    expect([found, suppressed]).toEqual([[], []]);
  });
});

it("says where there were more commits than are read", async () => {
  const { notes } = await reviewOf(
    { "a.py": "\n" },
    { "a.py": "\n\n" },
    {
      history: async () => ({ additions: [], isComplete: false }),
    },
  );
  expect(notes.join(" ")).toContain("more commits than were read");
});

describe("the history of a repository", () => {
  async function historyOf(commits: Parameters<typeof repository>[0]) {
    const opened = await openRepository(await repository(commits, { bare: true }));
    try {
      return await opened.history("main", "topic");
    } finally {
      opened.close();
    }
  }
  const start = { branch: "main", files: { "a.py": "a\nb\nc\n" } };

  it("holds what each commit adds, with the numbers of its lines", async () => {
    const found = await historyOf([
      start,
      { branch: "topic", from: "main", files: { "a.py": "a\nb\nnew\nc\nmore\n" } },
      { branch: "topic", files: { "a.py": "a\nb\nc\n", "ä b/c.py": "++ x\n-- y\n@@ -1 +1 @@\n" } },
      { branch: "topic", files: { "gone.py": "1\n" } },
      { branch: "topic", files: { "gone.py": null } },
    ]);
    expect(found.isComplete).toBe(true);
    expect(found.additions.map(({ path, lines }) => [path, lines])).toEqual([
      [
        "a.py",
        [
          { number: 3, text: "new" },
          { number: 5, text: "more" },
        ],
      ],
      [
        "ä b/c.py",
        [
          { number: 1, text: "++ x" },
          { number: 2, text: "-- y" },
          { number: 3, text: "@@ -1 +1 @@" },
        ],
      ],
      ["gone.py", [{ number: 1, text: "1" }]],
    ]);
    expect(found.additions.every(({ commit }) => /^[0-9a-f]{40}$/.test(commit))).toBe(true);
  });

  it("of one commit is empty: the change shows it all", async () => {
    const found = await historyOf([
      start,
      { branch: "topic", from: "main", files: { "a.py": "z\n" } },
    ]);
    expect(found.additions).toEqual([]);
  });
});
