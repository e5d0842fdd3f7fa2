// What the App asks of GitHub about ranges of real projects, which no file of ours can hold:
// PORTCULLIS_REAL_RANGES="CLONE BASE HEAD, CLONE BASE HEAD" npx vitest run test/doors/app/real-budget.test.ts
import { describe, expect, it } from "vitest";
import { git } from "../../support/repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { startApp } from "./setting.ts";

const ranges = (process.env["PORTCULLIS_REAL_RANGES"] ?? "")
  .split(",")
  .map((range) => range.trim().split(/\s+/))
  .filter((words) => words.length === 3);
const SIX = 6;
const HUNDRED = 100;
/** What comments cost at most. */
const COMMENTS = 3;
/** Milliseconds: real trees are large. */
const PATIENCE = 1_800_000;

describe.runIf(ranges.length > 0)("a range of a real project stays within its calls", () => {
  it.each(ranges)(
    "%s %s..%s",
    async (clone = "", base = "", head = "") => {
      const folder = await temporaryFolder();
      await git(folder, ["clone", "--quiet", "--bare", "--shared", clone, "."]);
      await git(folder, ["update-ref", "refs/heads/reviewed-base", base]);
      // Calls are counted, not seconds: a review that is cut off has fewer of them.
      const env = {
        PORTCULLIS_DEADLINE_SECONDS: String(PATIENCE / 1_000),
        // What is asked twice for want of an answer is no call more.
        PORTCULLIS_REQUEST_TIMEOUT_SECONDS: "600",
      };
      const app = await startApp(folder, { minutes: 5, env });
      try {
        await app.github.openPullRequest({ head, base: "reviewed-base" });
        await app.sendPullRequest("opened");
        const [check] = await app.concluded(1, PATIENCE);
        const changed = await git(folder, ["diff", "--name-only", `${base}...${head}`]);
        const files = changed.split("\n").length;
        const calls = app.calls();
        const posted = app.github.reviewComments.length + app.github.reviews.length;
        const said = posted > 0 || /^\d+ new finding/.test(check?.title ?? "");
        const most =
          SIX + Math.ceil(Math.max(0, files - HUNDRED) / HUNDRED) + (said ? COMMENTS : 0);
        console.log(
          `${clone} ${head.slice(0, 10)}: ${files} files, ${check?.title}, ${calls.length} calls of ${most}`,
        );
        expect(calls.length, calls.join("\n")).toBeLessThanOrEqual(most);
        app.github.expectNoViolations();
      } finally {
        await app.server.stop();
        await app.github.close();
      }
    },
    PATIENCE,
  );
});
