import { describe, expect, it } from "vitest";
import {
  checkRunPayload,
  deliver,
  issueCommentPayload,
  reviewCommentPayload,
} from "../../github/index.ts";
import {
  PICKLE,
  QUIET,
  SECRET,
  SQL,
  type StartedApp,
  setting,
  startMortal,
  until,
} from "./setting.ts";

const { start, commit } = setting([
  { branch: "main", files: { "app.py": QUIET } },
  { branch: "feature", from: "main", files: { "app.py": SQL } },
  { branch: "feature", files: { "app.py": `\n${SQL}` } },
  { branch: "many", from: "main", files: { "app.py": SQL, "a.py": SQL, "b.py": PICKLE } },
  { branch: "many", files: { "new.py": PICKLE } },
  {
    branch: "capped",
    from: "main",
    files: { ".github/portcullis.yml": "max-comments: 1\nfail-on: low\n" },
  },
  {
    branch: "capped-many",
    from: "capped",
    files: { "app.py": SQL, "a.py": SQL, "b.py": PICKLE },
  },
]);

/** An App that has commented on one finding. */
async function commented(): Promise<{ readonly app: StartedApp; readonly comment: number }> {
  const app = await start({ github: { collaborators: { ada: "write", tom: "triage" } } });
  await app.github.openPullRequest({ head: commit(1) });
  await app.sendPullRequest("opened");
  await app.concluded();
  return { app, comment: app.github.reviewComments[0]?.id ?? 0 };
}

async function reply(app: StartedApp, to: number, author: string, body: string): Promise<number> {
  const { id } = app.github.reply(to, author, body);
  await app.send("pull_request_review_comment", await reviewCommentPayload(app.github, id));
  await app.idle();
  return id;
}

const lastReply = (app: StartedApp) => app.github.reviewComments.at(-1)?.body;

/** A reply is a review as well. */
const ownReviews = (app: StartedApp) =>
  app.github.reviews.filter(({ author }) => author === "portcullis[bot]");

describe.concurrent("/portcullis dismiss", () => {
  it("takes the finding out of the check, also after a push, until it is reopened", async () => {
    const { app, comment } = await commented();
    const id = await reply(app, comment, "ada", "/portcullis dismiss only admins get here");
    const [, check] = await app.concluded(2);
    expect(check?.conclusion).toBe("success");
    expect(check?.summary).toContain("only admins get here");
    const [root] = app.github.reviewComments;
    expect(root?.body).toContain("**Dismissed by ada:** only admins get here");
    const answered = app.github.reviewComments.find((one) => one.id === id);
    expect(answered?.reactions).toMatchObject([{ content: "+1" }]);

    await app.github.push(1, commit(2));
    await app.sendPullRequest("synchronize", 1, { before: commit(1) });
    const [, , pushed] = await app.concluded(3);
    expect(pushed?.conclusion).toBe("success");
    expect(ownReviews(app)).toHaveLength(1);

    await reply(app, comment, "ada", "/portcullis reopen");
    const [, , , reopened] = await app.concluded(4);
    expect(reopened?.conclusion).toBe("failure");
    expect(app.github.reviewComments[0]?.body).not.toContain("Dismissed by");
    expect(ownReviews(app)).toHaveLength(1);
  });

  it.each(["stranger", "tom"])("is refused to %s, who may not write", async (author) => {
    const { app, comment } = await commented();
    await reply(app, comment, author, "/portcullis dismiss let me in");
    expect(lastReply(app)).toContain("only people who may write");
    await app.concluded(1);
    expect(app.github.reviewComments[0]?.body).not.toContain("Dismissed");
  });

  it("asks for a reason", async () => {
    const { app, comment } = await commented();
    await reply(app, comment, "ada", "/portcullis dismiss");
    expect(lastReply(app)).toContain("Please say why");
    await app.concluded(1);
  });

  it("explains itself where it is not a reply", async () => {
    const { app } = await commented();
    const { id } = app.github.comment(1, "ada", "/portcullis dismiss because");
    await app.send("issue_comment", issueCommentPayload(app.github, id));
    await app.idle();
    expect(app.github.issueComments.at(-1)?.body).toContain("works as a reply");
    await app.concluded(1);
  });
});

describe.concurrent("/portcullis rescan", () => {
  it("reviews the newest commit again", async () => {
    const { app } = await commented();
    const { id } = app.github.comment(1, "ada", "Once more, please:\n/portcullis rescan");
    await app.send("issue_comment", issueCommentPayload(app.github, id));
    await app.idle();
    const [, check] = await app.concluded(2);
    expect(check?.conclusion).toBe("failure");
    expect(app.github.reviewComments).toHaveLength(1);
    expect(app.github.issueComments[0]?.reactions).toMatchObject([{ content: "+1" }]);
  });
});

describe.concurrent("/portcullis help", () => {
  it("answers anybody, once", async () => {
    const { app } = await commented();
    const { id } = app.github.comment(1, "stranger", "/portcullis");
    const payload = issueCommentPayload(app.github, id);
    const delivery = await app.send("issue_comment", payload);
    await app.idle();
    await app.send("issue_comment", payload, delivery);
    await app.idle();
    expect(app.github.issueComments).toHaveLength(2);
    expect(app.github.issueComments[1]?.body).toContain("/portcullis dismiss <reason>");
  });

  it("answers a word that it does not know", async () => {
    const { app, comment } = await commented();
    await reply(app, comment, "ada", "/portcullis explode");
    expect(lastReply(app)).toContain("There is no command `explode`");
  });
});

describe.concurrent("a command that is delivered again", () => {
  it.each([
    ["help", "/portcullis help"],
    ["a refusal", "/portcullis dismiss let me in"],
    ["an unknown word", "/portcullis explode"],
  ])("to another process is not answered a second time: %s", async (_, body) => {
    const { app, comment } = await commented();
    const id = await reply(app, comment, "stranger", body);
    const before = app.github.reviewComments.length;
    // Another delivery of the same comment: this process does not know it.
    await app.send("pull_request_review_comment", await reviewCommentPayload(app.github, id));
    await app.idle();
    expect(app.github.reviewComments).toHaveLength(before);
    // On another pull request's conversation or thread the same words get an answer of their own.
    await reply(app, comment, "stranger", body);
    expect(app.github.reviewComments).toHaveLength(before + 2);
  });

  it("does not dismiss again what was reopened meanwhile", async () => {
    const { app, comment } = await commented();
    const id = await reply(app, comment, "ada", "/portcullis dismiss fine");
    await app.concluded(2);
    await reply(app, comment, "ada", "/portcullis reopen");
    await app.concluded(3);
    await app.send("pull_request_review_comment", await reviewCommentPayload(app.github, id));
    const checks = await app.concluded(4);
    expect(checks.map((check) => check.conclusion)).toEqual([
      "failure",
      "success",
      "failure",
      "failure",
    ]);
    expect(app.github.reviewComments[0]?.body).not.toContain("Dismissed");
  });

  it("after its process was killed at any call is carried out once", async () => {
    for (let requests = 0; requests <= 8; requests++) {
      const { app, comment } = await commented();
      const { id } = app.github.reply(comment, "ada", "/portcullis dismiss fine");
      const payload = await reviewCommentPayload(app.github, id);
      const mortal = await startMortal(app.github, requests);
      const from = app.github.calls.length;
      const delivery = `killed-${requests}`;
      await deliver(`${mortal.url}/api/github/webhooks`, "pull_request_review_comment", payload, {
        secret: SECRET,
        id: delivery,
      });
      const made = () =>
        app.github.calls.slice(from).filter(({ path }) => !path.endsWith("access_tokens")).length;
      await until(() => made() >= requests);
      await app.send("pull_request_review_comment", payload, delivery);
      await until(
        () =>
          app.github.checkRuns.length > 1 &&
          app.github.checkRuns.every((run) => run.status === "completed"),
      );
      await app.idle();
      expect(app.github.checkRuns.at(-1)?.conclusion, `${requests} requests`).toBe("success");
      expect(app.github.reviewComments[0]?.body.match(/Dismissed by/g)).toHaveLength(1);
      // The finding's, and the command.
      expect(app.github.reviewComments).toHaveLength(2);
    }
  }, 120_000);
});

describe.concurrent("the buttons of a check", () => {
  /** A pull request whose check was concluded with findings, and somebody who presses the first button. */
  const pressed = async (head: string, base = "main", sender = "ada") => {
    const app = await start({ github: { collaborators: { ada: "write" } } });
    await app.github.openPullRequest({ head, base });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("failure");
    expect(check?.actions.map((action) => action["label"])).toEqual([
      "Dismiss: false alarm",
      "Dismiss: accepted",
      "Dismiss: tests only",
    ]);
    const identifier = String(check?.actions[1]?.["identifier"]);
    const payload = checkRunPayload(app.github, "requested_action", check?.id ?? 0, {
      identifier,
      sender,
    });
    const press = async (id?: string) => {
      await app.send("check_run", payload, id);
      await app.idle();
    };
    return { app, press };
  };

  it("dismiss all that is left, with a reason, in the check and in each comment", async () => {
    const { app, press } = await pressed(commit(3));
    await press();
    const [, check] = await app.concluded(2);
    expect(check).toMatchObject({ conclusion: "success", actions: [] });
    expect(check?.summary).toContain("the risk is accepted");
    expect(app.github.reviewComments).toHaveLength(3);
    for (const { body, minimized } of app.github.reviewComments) {
      expect(body).toContain("**Dismissed by ada:** the risk is accepted");
      expect(minimized).toBe("resolved");
    }

    // What comes later was not among it.
    await app.github.push(1, commit(4));
    await app.sendPullRequest("synchronize", 1, { before: commit(3) });
    const [, , pushed] = await app.concluded(3);
    expect(pushed?.title).toContain("1 new finding");
    expect(app.github.reviewComments).toHaveLength(4);
  });

  it("dismiss also what has no comment, in one more that can be reopened", async () => {
    const { app, press } = await pressed("capped-many", "capped");
    expect(app.github.reviewComments).toHaveLength(1);
    await press("a-delivery");
    const [, check] = await app.concluded(2);
    expect(check?.conclusion).toBe("success");
    expect(app.github.reviewComments).toHaveLength(2);
    const [, carrier] = app.github.reviewComments;
    expect(carrier).toMatchObject({ anchor: undefined });
    expect(carrier?.body).toContain("`deserialization/pickle-load` at `b.py:3`");

    // In another process: nothing is said twice.
    await press();
    expect((await app.concluded(3)).at(-1)?.conclusion).toBe("success");
    expect(app.github.reviewComments).toHaveLength(2);

    await reply(app, carrier?.id ?? 0, "ada", "/portcullis reopen");
    expect((await app.concluded(4)).at(-1)?.conclusion).toBe("failure");
  });

  it.each([
    ["of somebody who may not write", "stranger"],
    ["of nobody that is known", "ghost"],
  ])("do nothing in the hands %s", async (_, sender) => {
    const { app, press } = await pressed(commit(3), "main", sender);
    await press();
    await app.concluded(1);
    expect(app.github.reviewComments.every(({ body }) => !body.includes("Dismissed"))).toBe(true);
  });

  it("do nothing on a head that is not the newest any more: nobody has seen what is new", async () => {
    const { app, press } = await pressed(commit(3));
    await app.github.push(1, commit(4));
    await press();
    await app.concluded(1);
    expect(app.github.reviewComments.every(({ body }) => !body.includes("Dismissed"))).toBe(true);
  });

  it("do nothing where the head moves while it is reviewed for them", async () => {
    const { app, press } = await pressed(commit(3));
    const stop = app.github.onRequest(async ({ operation }) => {
      if (operation !== "graphql") return;
      stop();
      await app.github.push(1, commit(4));
    });
    await press();
    expect(app.github.reviewComments.filter(({ body }) => body.includes("Dismissed"))).toEqual([]);
    expect((await app.concluded(3)).map(({ conclusion }) => conclusion)).toEqual([
      "failure",
      "cancelled",
      "failure",
    ]);
  });

  it("are not shown where comments may not be written", async () => {
    const app = await start({
      github: { permissions: { metadata: "read", contents: "read", checks: "write" } },
    });
    await app.github.openPullRequest({ head: commit(1) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "failure", actions: [] });
  });
});

describe.concurrent("comments that are no command", () => {
  it.each([
    ["of bots", "helper[bot]", "/portcullis rescan"],
    ["of our own", "portcullis[bot]", "/portcullis rescan"],
    ["that quote one", "ada", "> /portcullis rescan\n\nWhat does this do?"],
    ["about other things", "ada", "Nice work"],
  ])("%s are passed over", async (_, author, body) => {
    const app = await start({ github: { collaborators: { ada: "write" } } });
    await app.github.openPullRequest({ head: commit(1) });
    const { id } = app.github.comment(1, author, body);
    await app.send("issue_comment", issueCommentPayload(app.github, id));
    await app.idle();
    expect(app.calls()).toEqual([]);
  });

  it.each(["helper[bot]", "portcullis[bot]"])("of %s in a thread, too", async (author) => {
    const { app, comment } = await commented();
    app.github.resetCalls();
    await reply(app, comment, author, "/portcullis help");
    expect(app.calls()).toEqual([]);
  });
});
