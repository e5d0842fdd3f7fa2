// The hour's requests used up in the middle of a review: no call can be made, not even the one that would say so.
import { expect, it } from "vitest";
import { QUIET, SQL, setting, until } from "./setting.ts";

const { start, commit } = setting([
  { branch: "main", files: { "app.py": QUIET } },
  { branch: "feature", from: "main", files: { "app.py": SQL } },
]);
/** Enough for the check and the comparison. */
const LEFT = 3;
/** So many tries fail before the limit begins anew. */
const FAILING = 3;

it("a review whose requests are used up is done when they begin anew", async () => {
  const app = await start({ delays: [1, 1, 1, 1] });
  await app.github.openPullRequest({ head: commit(1) });
  app.github.setRemaining("core", LEFT);
  const failures = () => app.log.match(/job failed, will be tried again/g)?.length ?? 0;
  app.github.onRequest(() => {
    if (failures() >= FAILING) app.github.setRemaining("core", 5_000);
  });
  await app.sendPullRequest("opened");
  await until(() => app.github.reviewComments.length > 0);
  expect(failures()).toBe(FAILING);
  const [check] = await app.concluded();
  expect(check).toMatchObject({ conclusion: "failure", completions: 1 });
  expect(app.github.reviewComments).toHaveLength(1);
}, 300_000);
