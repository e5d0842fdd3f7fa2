import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { RevisionError } from "../../core/errors.ts";
import { MAX_FILE_BYTES } from "../paths.ts";

/**
 * What git must not take from the configuration of a repository, which may be hostile, or of a user, who may like another
 * output. An empty `core.fsmonitor` means "none" to every version; `false` is the name of a program to old ones.
 */
const OVERRIDES = [
  "core.fsmonitor=",
  "core.hooksPath=/dev/null",
  `core.bigFileThreshold=${MAX_FILE_BYTES}`,
  "core.quotePath=true",
  "safe.bareRepository=all",
  "diff.autoRefreshIndex=true",
  "diff.relative=false",
  "diff.suppressBlankEmpty=false",
].flatMap((setting) => ["-c", setting]);

/** Variables of a surrounding git command or of a user's habits that would lead to another repository or another output. */
const DROPPED_VARIABLES = [
  "GIT_COMMON_DIR",
  "GIT_DIFF_OPTS",
  "GIT_DIR",
  "GIT_EXTERNAL_DIFF",
  "GIT_GLOB_PATHSPECS",
  "GIT_ICASE_PATHSPECS",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_LITERAL_PATHSPECS",
  "GIT_NAMESPACE",
  "GIT_NOGLOB_PATHSPECS",
  "GIT_PREFIX",
  "GIT_WORK_TREE",
];

interface GitResult {
  readonly status: number;
  /** Empty where the caller took the output piece by piece. */
  readonly output: Buffer;
  readonly errors: string;
}

interface GitOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly onOutput?: (chunk: Buffer) => void;
}

/** Starts git in a folder: no hooks, no filters, no network, no locks, English messages, objects as they are stored. */
export function startGit(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const inherited = { ...process.env };
  for (const name of DROPPED_VARIABLES) delete inherited[name];
  return spawn("git", [...OVERRIDES, ...args], {
    cwd: folder,
    windowsHide: true,
    env: {
      ...inherited,
      LC_ALL: "C",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_TERMINAL_PROMPT: "0",
      // A replaced object is not what the server would show. Old versions of git do not know the second of these three.
      GIT_NO_REPLACE_OBJECTS: "1",
      GIT_NO_LAZY_FETCH: "1",
      GIT_ALLOW_PROTOCOL: "none",
      ...environment,
    },
  });
}

/** Runs git to its end, whatever its exit status. Throws `RevisionError` when git cannot be started. */
export function runGit(
  folder: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult> {
  return new Promise((done, fail) => {
    const child = startGit(folder, args, options.environment);
    const chunks: Buffer[] = [];
    let errors = "";
    child.stdout.on("data", options.onOutput ?? ((chunk: Buffer) => chunks.push(chunk)));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (errors.length < 10_000) errors += text;
    });
    child.on("error", (cause) => fail(notStarted(cause)));
    child.on("close", (code) =>
      done({ status: code ?? -1, output: Buffer.concat(chunks), errors }),
    );
    // Git may end before it has read its input; its exit status says more than the broken pipe.
    child.stdin.on("error", () => undefined).end(options.input ?? "");
  });
}

/** The error for a process that did not come up; `cause` is what Node says. */
export function notStarted(cause: Error): RevisionError {
  return new RevisionError("git cannot be started", {
    hint: "Install git, and put it on the PATH.",
    cause,
  });
}

/** Says in our words what git said about a command that failed. */
export function toRevisionError(folder: string, command: string, errors: string): RevisionError {
  if (/not a git repository/i.test(errors)) {
    return new RevisionError(`${folder} is not a git repository`, {
      hint: "Name a folder inside of a clone. Without git, scan the folder as it is: portcullis scan.",
    });
  }
  if (/dubious ownership|unsafe repository/.test(errors)) {
    const owned = /safe\.directory (.+)/.exec(errors)?.[1] ?? folder;
    return new RevisionError(`git does not trust ${folder}: it belongs to another user`, {
      hint: `If you trust it: git config --global --add safe.directory ${owned}`,
    });
  }
  const said =
    errors.split("\n").find((line) => /^(fatal|error): /.test(line)) ?? "it ended without a word";
  // An address may hold a password.
  return new RevisionError(
    `git ${command} failed in ${folder}: ${said.replace(/\/\/[^/\s]*@/g, "//")}`,
    {
      hint: "Check the repository with git fsck.",
    },
  );
}
