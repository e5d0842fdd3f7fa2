// The same as in faults.test.ts for what follows a review: a finding that comes back, a command, a button, a merge queue.
import { describe, expect, it } from "vitest";
import { checkRunPayload, mergeGroupPayload, reviewCommentPayload } from "../../github/index.ts";
import { COMMITS, FIRST, faults, Scene, SECOND } from "./scene.ts";
import { QUIET, SQL, setting, until } from "./setting.ts";

const BACK = 3;
const places = setting([
  ...COMMITS,
  {
    branch: "feature",
    files: {
      "app.py": SQL,
      "load.py": `${QUIET}
`,
    },
  },
]);
const { commit } = places;

/** A finding that comes back: what opens its comment. The other one is closed as in any push. */
const REOPENING = ["edit the comment", "open its thread"];
/** All calls of a dismissal, and those of the review that shows it. */
const DISMISSING = [
  "may the author write",
  "find the thread",
  "is it done already",
  "edit the comment",
  "close the thread",
  "answer with a thumb",
  "read the pull request",
];

/**
 * Of faults that the client takes alike, one: faults.test.ts has them all, at every call of a review, and each of these here is as
 * many reviews as there are calls.
 */
const ALIKE: ReadonlySet<string> = new Set(["502", "a connection that is cut"]);
const later = Object.entries(faults).filter(([name]) => !ALIKE.has(name));

const timeoutFor = (name: string) => (name === "no answer" ? 400 : undefined);

describe("a finding that comes back has its comment opened, and the check tells the truth, over", () => {
  it.concurrent.each(later)(
    "%s at any call",
    async (name, fault) => {
      const scene = await Scene.open(places, timeoutFor(name));
      const { app } = scene;
      const again = async (number: number, prepare = () => {}) => {
        await app.github.push(number, commit(BACK));
        prepare();
        await app.sendPullRequest("synchronize", number, { before: commit(SECOND) });
        await scene.concluded(number, BACK);
      };
      const first = await scene.pushed(await scene.opened());
      app.github.resetCalls();
      await again(first);
      const edit = app.calls().findIndex((call) => call.startsWith("PATCH /pulls/comments")) + 1;
      expect(edit).toBeGreaterThan(0);
      for (const [index, call] of REOPENING.entries()) {
        const number = await scene.pushed(await scene.opened());
        let struck = { hits: 0 };
        await again(number, () => {
          struck = scene.strike(edit + index, fault);
        });
        expect(struck.hits, call).toBe(1);
        const runs = scene.runs(number, BACK);
        expect(runs.map((run) => run.conclusion)).toEqual(["failure"]);
        expect(runs.map((run) => run.completions)).toEqual([1]);
        const isEdit = call.startsWith("edit");
        // Somebody may have deleted the comment that was not found. If not, the next review sees to it.
        if (name === "404" && isEdit) continue;
        const bodies = scene.comments(number).map(({ body }) => body.includes("Fixed as of"));
        expect(bodies, call).toEqual([false, true]);
      }
    },
    300_000,
  );
});

describe("a dismissal is carried out once, and the check shows it, over", () => {
  // Nobody and nothing of that name: said of the author it is a refusal, of the comment its end.
  it.concurrent.each(later.filter(([name]) => name !== "404"))(
    "%s at any call",
    async (name, fault) => {
      const scene = await Scene.open(places, timeoutFor(name));
      const { app } = scene;
      for (const [index, call] of DISMISSING.entries()) {
        const number = await scene.opened();
        const [comment] = scene.comments(number);
        const { id } = app.github.reply(comment?.id ?? 0, "ada", "/portcullis dismiss fine");
        const payload = await reviewCommentPayload(app.github, id);
        const struck = scene.strike(index + 1, fault);
        await app.send("pull_request_review_comment", payload);
        await until(() => scene.runs(number, FIRST).length > 1);
        await scene.concluded(number, FIRST, 2);
        expect(struck.hits, call).toBe(1);
        expect(scene.runs(number, FIRST).map((run) => run.conclusion)).toEqual([
          "failure",
          "success",
        ]);
        const [root, ...replies] = scene.comments(number);
        expect(root?.body.match(/Dismissed by/g), call).toHaveLength(1);
        expect(replies.map((reply) => reply.id)).toEqual([id]);
        expect(replies[0]?.reactions, call).toMatchObject([{ content: "+1" }]);
      }
    },
    300_000,
  );
});

describe("a merge queue gets the verdict on its commit, once, over", () => {
  it.concurrent.each(later)(
    "%s at any call",
    async (name, fault) => {
      const scene = await Scene.open(places, timeoutFor(name));
      const { app } = scene;
      const number = await scene.opened();
      const payload = await mergeGroupPayload(app.github, "checks_requested", {
        number,
        headSha: commit(FIRST),
      });
      const runs = () =>
        app.github.checkRuns.filter((run) => run.externalId?.startsWith("merge-queue-"));
      const rerun = async () => {
        const before = runs().length;
        await app.send("check_run", checkRunPayload(app.github, "rerequested", runs()[0]?.id ?? 0));
        await until(() => runs().length > before);
        await until(() => runs().every((run) => run.status === "completed"));
        await app.idle();
      };
      await app.send("merge_group", payload);
      await until(() => runs().some((run) => run.status === "completed"));
      await app.idle();
      app.github.resetCalls();
      await rerun();
      const calls = app.calls();
      for (const [index, call] of calls.entries()) {
        const count = runs().length;
        const struck = scene.strike(index + 1, fault);
        await rerun();
        expect(struck.hits, call).toBe(1);
        expect(runs(), call).toHaveLength(count + 1);
        expect(runs().at(-1)).toMatchObject({ conclusion: "failure", completions: 1 });
      }
    },
    300_000,
  );
});
