// The same as in faults.test.ts for findings that no line of the diff shows: their comments stand at files, and come with a draft.
import { describe, expect, it } from "vitest";
import { FIRST, faults, Scene } from "./scene.ts";
import { setting } from "./setting.ts";

/** The name on its first line decides whether the last one is a flaw. */
const page = (source: string) =>
  [
    `from ${source} import request`,
    ...Array.from({ length: 20 }, (_, at) => `A${at} = ${at}`),
    "",
    "def view():",
    '    return eval(request.args["a"])',
    "",
  ].join("\n");
const pages = (source: string) => ({ "one.py": page(source), "two.py": page(source) });
const places = setting([
  { branch: "main", files: pages("known") },
  { branch: "feature", from: "main", files: pages("flask") },
  { branch: "feature", files: pages("known") },
]);

/** Those that the client takes alike are told apart in faults.test.ts. */
const ALIKE: ReadonlySet<string> = new Set(["502", "a connection that is cut"]);
const later = Object.entries(faults).filter(([name]) => !ALIKE.has(name));

describe("comments at files are there once, and the check tells the truth, over", () => {
  it.concurrent.each(later)(
    "%s at any call from the review on",
    async (name, fault) => {
      const scene = await Scene.open(places, name === "no answer" ? 400 : undefined);
      const { app } = scene;
      const seen = (number: number) => ({
        checks: scene.runs(number, FIRST).map((run) => run.conclusion),
        completions: scene.runs(number, FIRST).map((run) => run.completions),
        comments: scene
          .comments(number)
          .map(({ path, anchor }) => [path, anchor])
          .sort(),
        drafts: app.github.reviews.filter(
          ({ pull, state }) => pull === number && state === "PENDING",
        ).length,
      });
      app.github.resetCalls();
      const well = seen(await scene.opened());
      expect(well).toEqual({
        checks: ["failure"],
        completions: [1],
        comments: [
          ["one.py", undefined],
          ["two.py", undefined],
        ],
        drafts: 0,
      });
      const calls = app.calls();
      const from = calls.findLastIndex((call) => /^GET \/pulls\/\d+$/.test(call)) + 2;
      expect(from).toBeGreaterThan(1);
      for (let call = from; call <= calls.length; call++) {
        let struck = { hits: 0 };
        const number = await scene.opened(() => {
          struck = scene.strike(call, fault);
        });
        expect(struck.hits, calls[call - 1]).toBe(1);
        expect(seen(number), calls[call - 1]).toEqual(well);
      }
    },
    120_000,
  );
});
