// What a review costs: calls to GitHub, without those for tokens.
import { describe, expect, it } from "vitest";
import { SQL, setting } from "./setting.ts";

/** A module of 1 to 10 kB; every eighth one has words that rules look for. None has anything to say. */
function moduleOf(index: number, word: string): string {
  const text = "Returns what the page shows, and nothing else, to whoever asks for it.\n";
  const query = `def handle(request, cursor):
    cursor.execute("SELECT id FROM page WHERE name = %s", [request.GET["name"]])
    return cursor.fetchall()
`;
  return `"""\n${text.repeat(15 + ((index * 37) % 125))}"""\n${index % 8 === 0 ? query : ""}
def name():
    return "${word}"
`;
}

const files = (count: number, word: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `package_${index % 40}/module_${index}.py`,
      moduleOf(index, word),
    ]),
  );
const loud = Object.fromEntries(
  Array.from({ length: 30 }, (_, index) => [`loud/module_${index}.py`, `${SQL}# ${index}\n`]),
);
/** Files that are changed, and calls that this may cost: six, and one for each further hundred. */
const SIZES = [
  [1, 6],
  [100, 6],
  [300, 8],
  [750, 13],
  [1_500, 20],
  [3_000, 35],
] as const;

const { start, commit } = setting([
  { branch: "main", files: files(3_000, "before") },
  ...SIZES.map(([count]) => ({
    branch: `change-${count}`,
    from: "main",
    files: files(count, "after"),
  })),
  { branch: "loud", from: "main", files: loud },
  { branch: "loud-and-large", from: "change-750", files: loud },
]);
const HUNDRED = 2;

describe("a pull request with nothing to say", () => {
  it.concurrent.each(SIZES)("of %i files costs at most %i calls", async (count, most) => {
    const app = await start();
    await app.github.openPullRequest({ head: `change-${count}` });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("success");
    expect(check?.summary).toMatch(new RegExp(`\\b${count} files?\\b`));
    expect(check?.summary).not.toContain("not reviewed");
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(most);
  });

  it.concurrent("reads only what is new when it is pushed to", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: "change-100" });
    await app.sendPullRequest("opened");
    await app.concluded();
    app.github.resetCalls();
    await app.github.push(1, "change-1");
    await app.sendPullRequest("synchronize", 1, { before: commit(HUNDRED) });
    await app.concluded(2);
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(6);
  });
});

describe("thirty comments", () => {
  it.concurrent.each([
    ["loud", 6],
    ["loud-and-large", 13],
  ])("on %s add at most three calls to its %i", async (head, most) => {
    const app = await start();
    await app.github.openPullRequest({ head });
    await app.sendPullRequest("opened");
    await app.concluded();
    expect(app.github.reviewComments).toHaveLength(30);
    expect(app.github.reviewComments.every(({ anchor }) => anchor !== undefined)).toBe(true);
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(most + 3);
  });
});
