import { describe, expect, it } from "vitest";
import { issueCommentPayload, reviewCommentPayload } from "../../github/index.ts";
import { QUIET, SQL, type StartedApp, setting } from "./setting.ts";

const { start, commit } = setting([
  { branch: "main", files: { "app.py": QUIET } },
  { branch: "feature", from: "main", files: { "app.py": SQL } },
  { branch: "feature", files: { "app.py": `\n${SQL}` } },
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
});
