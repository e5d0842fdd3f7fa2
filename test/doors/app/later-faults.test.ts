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
  it.concurrent.each(later)(
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
        // Said of the author it means that they may not write.
        if (name === "404" && call === "may the author write") {
          await until(() => scene.comments(number).length === 3);
          await app.idle();
          expect(scene.comments(number).at(-1)?.body).toContain("only people who may write");
          expect(scene.comments(number)[0]?.body).not.toContain("Dismissed by");
          expect(scene.runs(number, FIRST)).toHaveLength(1);
          continue;
        }
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
        // Said of the reply it means that there is nothing left to give a thumb to.
        const isGone = name === "404" && call === "answer with a thumb";
        const thumbs = isGone ? [] : [{ content: "+1" }];
        expect(replies[0]?.reactions, call).toMatchObject(thumbs);
      }
    },
    300_000,
  );

  it.concurrent("404 at any call that takes it back", async () => {
    const scene = await Scene.open(places);
    const { app } = scene;
    const number = await scene.opened();
    const root = () => scene.comments(number)[0];
    let count = 1;
    const say = async (words: string, call?: number) => {
      const { id } = app.github.reply(root()?.id ?? 0, "ada", `/portcullis ${words}`);
      const payload = await reviewCommentPayload(app.github, id);
      const struck = call === undefined ? undefined : scene.strike(call, faults["404"]);
      await app.send("pull_request_review_comment", payload);
      count += 1;
      await until(() => scene.runs(number, FIRST).length === count);
      await scene.concluded(number, FIRST, count);
      expect(struck?.hits ?? 1, words).toBe(1);
      return scene.runs(number, FIRST).at(-1)?.conclusion;
    };
    // The first call is about the author, as above.
    for (const [index, call] of [...DISMISSING.entries()].slice(1)) {
      expect(await say("dismiss fine"), call).toBe("success");
      expect(await say("reopen", index + 1), call).toBe("failure");
      expect(root()?.body, call).not.toContain("Dismissed by");
    }
  });

  it.concurrent.each(["dismiss fine", "reopen"])(
    "the comment's end in the middle of `%s`, which is said where it can be",
    async (words) => {
      const scene = await Scene.open(places);
      const { github } = scene.app;
      const number = await scene.opened();
      const root = scene.comments(number)[0]?.id ?? 0;
      const { id } = github.reply(root, "ada", `/portcullis ${words}`);
      const payload = await reviewCommentPayload(github, id);
      const end = github.onRequest(({ method, path }) => {
        if (method !== "PATCH" || !path.endsWith(`/pulls/comments/${root}`)) return;
        end();
        github.deleteComment(root);
      });
      await scene.app.send("pull_request_review_comment", payload);
      await until(() => github.issueComments.some(({ issue }) => issue === number));
      await scene.app.idle();
      const said = github.issueComments.filter(({ issue }) => issue === number);
      expect(said.map(({ body }) => body)).toEqual([
        expect.stringContaining("works as a reply to one of my comments"),
      ]);
      expect(scene.runs(number, FIRST).map((run) => run.conclusion)).toEqual(["failure"]);
      expect(scene.comments(number).map((comment) => comment.id)).toEqual([id]);
    },
  );

  it.concurrent("the end of the reply that asks for it", async () => {
    const scene = await Scene.open(places);
    const { github } = scene.app;
    const number = await scene.opened();
    const root = scene.comments(number)[0]?.id ?? 0;
    const { id } = github.reply(root, "ada", "/portcullis dismiss fine");
    const payload = await reviewCommentPayload(github, id);
    const end = github.onRequest(({ path }) => {
      if (!path.endsWith("/collaborators/ada/permission")) return;
      end();
      github.deleteComment(id);
    });
    await scene.app.send("pull_request_review_comment", payload);
    await scene.concluded(number, FIRST, 2);
    expect(scene.runs(number, FIRST).at(-1)?.conclusion).toBe("success");
    expect(scene.comments(number).map((comment) => comment.id)).toEqual([root]);
  });
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
