import { describe, expect, it } from "vitest";
import { PICKLE, QUIET, SQL, setting } from "./setting.ts";

const { start, commit } = setting([
  { branch: "main", files: { "app.py": QUIET, "load.py": QUIET } },
  { branch: "feature", from: "main", files: { "app.py": SQL } },
]);

describe("opened", () => {
  it("gives one check run and one review", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: "feature" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    console.log(app.calls(), app.log, check);
    expect(app.github.reviews).toHaveLength(1);
  });
});
