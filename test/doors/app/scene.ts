/** Pull requests at which calls to GitHub go wrong, each about one fault: whatever was struck, the same has to be seen in the end. */
import type { Fault, SeenRequest } from "../../github/index.ts";
import { PICKLE, QUIET, SQL, type StartedApp, type setting, until } from "./setting.ts";

/** Commits that a scene needs, by their numbers below. */
export const COMMITS = [
  { branch: "main", files: { "app.py": QUIET, "load.py": QUIET } },
  { branch: "feature", from: "main", files: { "app.py": SQL } },
  { branch: "feature", files: { "app.py": QUIET, "load.py": PICKLE } },
];
export const [FIRST, SECOND] = [1, 2] as const;

/** Everything that a call can meet. */
export const faults = {
  // The one that takes longest begins first.
  "no answer": { hang: 60_000 },
  "500": { status: 500 },
  "502": { status: 502 },
  "a connection that is cut": { reset: true },
  "the secondary limit": {
    status: 403,
    headers: { "retry-after": "1" },
    body: { message: "You have exceeded a secondary rate limit. Please wait a few minutes." },
  },
  "422": { status: 422, body: { message: "Validation Failed" } },
  "404": { status: 404, body: { message: "Not Found" } },
  "an answer that is lost": "after",
} satisfies Readonly<Record<string, Fault>>;

type Setting = ReturnType<typeof setting>;

/** One App, and pull requests of which each is about one fault: many may have the same head. */
export class Scene {
  readonly app: StartedApp;
  readonly #commit: Setting["commit"];
  #last = 0;

  constructor(app: StartedApp, commit: Setting["commit"]) {
    this.app = app;
    this.#commit = commit;
  }

  static async open({ start, commit }: Setting, requestTimeout?: number): Promise<Scene> {
    const app = await start({
      delays: [1, 1, 1],
      github: {
        limits: { contentPerMinute: 100_000 },
        rateLimit: 1_000_000,
        collaborators: { ada: "write" },
      },
      ...(requestTimeout !== undefined && { requestTimeout }),
    });
    const scene = new Scene(app, commit);
    // All contents are in the cache from now on, so that every review makes the same calls.
    await scene.pushed(await scene.opened());
    return scene;
  }

  async create(): Promise<number> {
    this.#last += 1;
    await this.app.github.openPullRequest({ number: this.#last, head: this.#commit(FIRST) });
    return this.#last;
  }

  /** A pull request that was opened, and reviewed. */
  async opened(prepare = () => {}): Promise<number> {
    const number = await this.create();
    prepare();
    await this.app.sendPullRequest("opened", number);
    await this.concluded(number, FIRST);
    return number;
  }

  async pushed(number: number, prepare = () => {}): Promise<number> {
    await this.app.github.push(number, this.#commit(SECOND));
    prepare();
    await this.app.sendPullRequest("synchronize", number, { before: this.#commit(FIRST) });
    await this.concluded(number, SECOND);
    return number;
  }

  runs(number: number, head: number) {
    return this.app.github.checkRuns.filter(
      (run) =>
        run.externalId === `pull-request-${number}` && run.suite.headSha === this.#commit(head),
    );
  }

  comments(number: number) {
    return this.app.github.reviewComments.filter((comment) => comment.pull === number);
  }

  /** Waits for the checks of that head, and for nothing to happen any more. */
  async concluded(number: number, head: number, count = 1): Promise<void> {
    await until(() => {
      const runs = this.runs(number, head);
      return runs.length >= count && runs.every((run) => run.status === "completed");
    });
    await this.app.idle();
  }

  /** Strikes the call of that number, counted from 1, once. */
  strike(call: number, fault: Fault): { readonly hits: number } {
    let seen = 0;
    const match = ({ path }: SeenRequest) => {
      if (path.endsWith("/access_tokens")) return false;
      seen += 1;
      return seen === call;
    };
    return this.app.github.inject({ match, fault });
  }

  /** What is to be seen of a first review, in whatever way it came about. */
  seenAfterOpened(number: number) {
    const runs = this.runs(number, FIRST);
    return {
      checks: runs.map((run) => run.conclusion),
      completions: runs.map((run) => run.completions),
      annotations: runs.map((run) => run.annotations.length),
      comments: this.comments(number).map(({ path }) => path),
    };
  }

  seenAfterPush(number: number) {
    const runs = this.runs(number, SECOND);
    return {
      checks: runs.map((run) => run.conclusion),
      completions: runs.map((run) => run.completions),
      annotations: runs.map((run) => run.annotations.length),
      comments: this.comments(number).map(({ path, body }) => [path, body.includes("Fixed as of")]),
    };
  }
}

export const OPENED_WELL = {
  checks: ["failure"],
  completions: [1],
  annotations: [1],
  comments: ["app.py"],
};
export const PUSHED_WELL = {
  checks: ["success"],
  completions: [1],
  annotations: [1],
  comments: [
    ["app.py", true],
    ["load.py", false],
  ],
};
