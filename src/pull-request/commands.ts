/** Commands in comments: `/portcullis dismiss <reason>`, `reopen`, `rescan`, `help`. */
import { GitHubError, type GitHubRepository, type Thread } from "../github/index.ts";
import { withoutSecrets } from "../setup/index.ts";
import { bodyAfter } from "./dismissal.ts";

export type Command =
  | { readonly kind: "dismiss"; readonly reason: string }
  | { readonly kind: "reopen" | "rescan" | "help" }
  | { readonly kind: "unknown"; readonly word: string };

const HELP = `Commands, for people who may write to this repository:

- \`/portcullis dismiss <reason>\`, as a reply to a comment of mine: the finding is acceptable; it no longer counts in this pull request.
- \`/portcullis reopen\`, as a reply: the finding counts again.
- \`/portcullis rescan\`: review the newest commit again.
- \`/portcullis help\`: this text.`;

const COMMAND = /^ {0,3}\/portcullis(?:\s+(\S+)(?:\s+([\s\S]*))?)?\s*$/i;
const MAX_REASON = 500;

/** The command in a comment's first line that has one; undefined where there is none. What is quoted or hidden is passed over. */
export function readCommand(body: string): Command | undefined {
  const written = linesOfText(body).find((line) => COMMAND.test(line));
  if (written === undefined) return undefined;
  const [, given = "help", rest = ""] = COMMAND.exec(withoutSecrets(written)) ?? [];
  const word = given.toLowerCase();
  if (word === "dismiss") return { kind: "dismiss", reason: cut(rest.trim(), MAX_REASON) };
  if (word === "reopen" || word === "rescan" || word === "help") return { kind: word };
  return { kind: "unknown", word: cut(given, 40) };
}

/** Lines outside of code blocks and HTML comments, as CommonMark has them: what shows a command, or is not to be seen, gives none. */
function linesOfText(body: string): string[] {
  let fence: string | undefined;
  let isHidden = false;
  return body.split(/\r\n|\r|\n/).filter((line) => {
    const bar = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (bar?.startsWith(fence) && line.trim() === bar) fence = undefined;
      return false;
    }
    if (isHidden || /^ {0,3}<!--/.test(line)) {
      isHidden = !line.includes("-->");
      return false;
    }
    fence = bar;
    return bar === undefined;
  });
}

/** Half a surrogate pair must not stay behind. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

export interface CommandRequest {
  readonly github: GitHubRepository;
  readonly number: number;
  readonly command: Command;
  readonly author: string;
  readonly comment: {
    readonly kind: "review" | "conversation";
    readonly id: number;
    readonly nodeId: string;
    /** By GitHub's clock. */
    readonly createdAt: string;
  };
  /** The comment at the head of the thread, where the command is a reply in one. */
  readonly inReplyTo?: number;
}

/**
 * Carries out a command. True when the pull request has to be reviewed again for the check to show it. Answers are short and
 * go where the command stands. It can be repeated, also later: what was answered is not answered again, and a dismissal that was
 * taken back meanwhile stays so.
 */
export async function runCommand(request: CommandRequest): Promise<boolean> {
  const { github, command, author, comment } = request;
  if (command.kind === "help" || command.kind === "unknown") {
    const intro =
      command.kind === "unknown"
        ? `There is no command \`${command.word.replaceAll("`", "")}\`.\n\n`
        : "";
    await answer(request, `${intro}${HELP}`);
    return false;
  }
  const permission = await github.permission(author);
  if (permission !== "admin" && permission !== "write") {
    await answer(request, "Sorry, only people who may write to this repository can do that.");
    return false;
  }
  if (command.kind === "rescan") {
    await github.react(comment, "+1");
    return true;
  }
  const thread = await threadOf(request);
  if (thread === undefined) {
    await answer(
      request,
      `\`/portcullis ${command.kind}\` works as a reply to one of my comments.`,
    );
    return false;
  }
  if (await github.hasApproved(comment.nodeId)) return true;
  if (command.kind === "dismiss" && command.reason === "") {
    await answer(request, "Please say why: `/portcullis dismiss <reason>`.");
    return false;
  }
  const dismissal = command.kind === "dismiss" ? { by: author, reason: command.reason } : undefined;
  const isEdited = await github.updateComment(thread.comment.id, bodyAfter(thread, dismissal));
  // Deleted a moment ago, or hidden by a hiccup: another try sees which.
  if (!isEdited) throw new GitHubError("cannot edit a comment: it is not found", { status: 404 });
  if (command.kind === "dismiss") await github.resolveThreads([thread]);
  else await github.unresolveThreads([thread]);
  await github.react(comment, "+1");
  return true;
}

async function threadOf({
  github,
  number,
  inReplyTo,
}: CommandRequest): Promise<Thread | undefined> {
  if (inReplyTo === undefined) return undefined;
  const { own } = await github.threads(number);
  return own.find((thread) => thread.comment.id === inReplyTo);
}

/**
 * Says which comment it answers, so that it is never the same as another answer. It goes to the conversation where the thread has lost
 * the comment at its head: GitHub takes no reply there.
 */
async function answer(
  { github, number, comment, inReplyTo }: CommandRequest,
  text: string,
): Promise<void> {
  const body = `${text}\n\n<!-- portcullis-answer ${comment.kind}-${comment.id} -->`;
  const toConversation = () => github.comment(number, body, comment.createdAt);
  if (inReplyTo === undefined) {
    await toConversation();
    return;
  }
  try {
    await github.reply(number, inReplyTo, body);
  } catch (error) {
    if (!(error instanceof GitHubError && error.status === 404)) throw error;
    await toConversation();
  }
}
