// What a review costs: calls to GitHub, without those for tokens.
import { expect, it } from "vitest";
import { QUIET, SQL, setting } from "./setting.ts";

const files = (count: number, text: (index: number) => string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`package/module_${index}.py`, text(index)]),
  );

const { start, commit } = setting([
  { branch: "main", files: { ...files(300, (index) => `${QUIET}# ${index}\n`), "app.py": QUIET } },
  { branch: "small", from: "main", files: files(1, (index) => `${QUIET}# changed ${index}\n`) },
  { branch: "hundred", from: "main", files: files(100, (index) => `${QUIET}# new ${index}\n`) },
  { branch: "three", from: "main", files: files(300, (index) => `${QUIET}# new ${index}\n`) },
  { branch: "loud", from: "main", files: files(30, (index) => `${SQL}# ${index}\n`) },
]);

it.concurrent.each([
  ["small", 1, 6],
  ["hundred", 100, 6],
  ["three", 300, 8],
])("%s: %i files with nothing to say cost at most %i calls", async (branch, _, most) => {
  const app = await start();
  await app.github.openPullRequest({ head: branch });
  await app.sendPullRequest("opened");
  const [check] = await app.concluded();
  expect(check?.conclusion).toBe("success");
  expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(most);
});

it.concurrent("thirty comments add at most three calls", async () => {
  const app = await start();
  await app.github.openPullRequest({ head: "loud" });
  await app.sendPullRequest("opened");
  await app.concluded();
  expect(app.github.reviewComments).toHaveLength(30);
  expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(6 + 3);
});

it.concurrent("a push on the same files reads only what is new", async () => {
  const app = await start();
  await app.github.openPullRequest({ head: "hundred" });
  await app.sendPullRequest("opened");
  await app.concluded();
  app.github.resetCalls();
  await app.github.push(1, "small");
  await app.sendPullRequest("synchronize", 1, { before: commit(2) });
  await app.concluded(2);
  expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(6);
});
