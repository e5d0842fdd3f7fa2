// Everything that can go wrong at every call: no comment twice, no finding lost, and the check concluded with the truth.
import { describe, expect, it } from "vitest";
import { checkRunPayload, deliver, pullRequestPayload } from "../../github/index.ts";
import { COMMITS, FIRST, faults, OPENED_WELL, PUSHED_WELL, Scene, SECOND } from "./scene.ts";
import { meetBefore, SECRET, setting, startMortal, until } from "./setting.ts";

const places = setting(COMMITS);
const { commit } = places;

const OPENED = [
  "find the check",
  "create it",
  "compare",
  "list the tree",
  "read contents and comments",
  "read the pull request again",
  "post the review",
  "look whether somebody else did",
  "conclude the check",
] as const;
// Those of a push that the first review does not make, and where they come.
const EDIT = 9;
const CLOSE = 10;
const PUSHED_CALLS = 11;

describe("a review without a fault", () => {
  it.concurrent("makes the calls that are struck below", async () => {
    const scene = await Scene.open(places);
    scene.app.github.resetCalls();
    const number = await scene.opened();
    expect(scene.app.calls()).toHaveLength(OPENED.length);
    expect(scene.seenAfterOpened(number)).toEqual(OPENED_WELL);
    scene.app.github.resetCalls();
    await scene.pushed(number);
    expect(scene.app.calls()).toHaveLength(PUSHED_CALLS);
    expect(scene.app.calls()[EDIT - 1]).toMatch(/^PATCH \/pulls\/comments/);
    expect(scene.app.calls()[CLOSE - 1]).toMatch(/graphql$/);
    expect(scene.seenAfterPush(number)).toEqual(PUSHED_WELL);
  });
});

describe("ends as if nothing had been:", () => {
  it.concurrent.each(Object.entries(faults))(
    "%s at any call",
    async (name, fault) => {
      const scene = await Scene.open(places, name === "no answer" ? 400 : undefined);
      for (const [index, call] of OPENED.entries()) {
        let struck = { hits: 0 };
        const number = await scene.opened(() => {
          struck = scene.strike(index + 1, fault);
        });
        expect(struck.hits, call).toBe(1);
        // GitHub may mean the annotations when it refuses the conclusion: then the summary says the same.
        const isWithout = name === "422" && call === "conclude the check";
        const expected = isWithout ? { ...OPENED_WELL, annotations: [0] } : OPENED_WELL;
        expect(scene.seenAfterOpened(number), call).toEqual(expected);
        expect(scene.runs(number, FIRST)[0]?.summary, call).toContain("`app.py:3`");
      }
      for (const call of [EDIT, CLOSE]) {
        let struck = { hits: 0 };
        const number = await scene.pushed(await scene.opened(), () => {
          struck = scene.strike(call, fault);
        });
        expect(struck.hits, `call ${call}`).toBe(1);
        if (name === "404" && call === EDIT) {
          // Somebody may have deleted the comment. If not, the next review sees to it.
          const id = scene.runs(number, SECOND)[0]?.id ?? 0;
          const payload = checkRunPayload(scene.app.github, "rerequested", id);
          await scene.app.send("check_run", payload);
          await scene.concluded(number, SECOND, 2);
          expect(scene.seenAfterPush(number).comments).toEqual(PUSHED_WELL.comments);
        } else {
          expect(scene.seenAfterPush(number), `call ${call}`).toEqual(PUSHED_WELL);
        }
      }
    },
    120_000,
  );
});

describe("a process that is killed leaves nothing undone, once the delivery is sent again,", () => {
  /** Kills one process after so many requests, and sends the delivery again to another. */
  const kill = async (
    { app }: Scene,
    requests: number,
    number: number,
    action: "opened" | "synchronize",
  ) => {
    const from = app.github.calls.length;
    const made = () =>
      app.github.calls.slice(from).filter(({ path }) => !path.endsWith("access_tokens")).length;
    const mortal = await startMortal(app.github, requests);
    const payload = await pullRequestPayload(app.github, action, number, {
      before: commit(FIRST),
    });
    const id = `killed-${number}`;
    const url = `${mortal.url}/api/github/webhooks`;
    await deliver(url, "pull_request", payload, { secret: SECRET, id });
    await until(() => made() >= requests);
    await app.idle();
    expect(made()).toBe(requests);
    await app.send("pull_request", payload, id);
  };

  it.concurrent("after any call of a first review", async () => {
    const scene = await Scene.open(places);
    for (let requests = 0; requests <= OPENED.length; requests++) {
      const number = await scene.create();
      await kill(scene, requests, number, "opened");
      await scene.concluded(number, FIRST);
      expect(scene.seenAfterOpened(number), `${requests} requests`).toEqual(OPENED_WELL);
    }
  }, 120_000);

  it.concurrent("after any call that a push makes", async () => {
    const scene = await Scene.open(places);
    for (let requests = OPENED.length - 2; requests <= PUSHED_CALLS; requests++) {
      const number = await scene.opened();
      await scene.app.github.push(number, commit(SECOND));
      await kill(scene, requests, number, "synchronize");
      await scene.concluded(number, SECOND);
      expect(scene.seenAfterPush(number), `${requests} requests`).toEqual(PUSHED_WELL);
    }
  }, 120_000);
});

describe("two processes", () => {
  /** A pull request that both are told of; `between` comes after the first one was. */
  const toldTwice = async (minutes: number, prepare: (scene: Scene) => () => Promise<void>) => {
    const scene = new Scene(await places.start({ minutes }), commit);
    const { github } = scene.app;
    const other = await startMortal(github, Number.POSITIVE_INFINITY, minutes);
    try {
      const number = await scene.create();
      const between = prepare(scene);
      const payload = await pullRequestPayload(github, "opened", number);
      const url = `${other.url}/api/github/webhooks`;
      await deliver(url, "pull_request", payload, { secret: SECRET, id: "to another" });
      await between();
      await scene.app.send("pull_request", payload, "to this one");
      await scene.concluded(number, FIRST, 2);
      expect(scene.comments(number)).toHaveLength(1);
      expect(scene.runs(number, FIRST).map((run) => run.completions)).toEqual([1, 1]);
      return {
        conclusions: scene.runs(number, FIRST).map((run) => run.conclusion),
        said: github.reviews.filter(({ pull }) => pull === number).map(({ body }) => body),
      };
    } finally {
      await other.stop();
    }
  };

  it("that begin at the same moment leave the review to the check that GitHub shows", async () => {
    const { conclusions, said } = await toldTwice(0, ({ app }) => {
      meetBefore("check-runs", app.github, 2);
      return async () => {};
    });
    expect(conclusions).toEqual(["cancelled", "failure"]);
    expect(said).toEqual([expect.stringContaining("1 new problem")]);
  }, 120_000);

  it("that cannot see each other say everything once", async () => {
    const { conclusions, said } = await toldTwice(5, ({ app: { github } }) => {
      meetBefore("reviews", github, 2);
      const isReview = (call: string) => call.endsWith("/reviews");
      github.resetCalls();
      return () => until(() => github.calls.some(({ path }) => isReview(path)));
    });
    expect(conclusions).toEqual(["failure", "failure"]);
    expect(said.sort()).toEqual([
      "Another review of the same moment says the same.",
      expect.stringContaining("1 new problem"),
    ]);
  }, 120_000);
});
