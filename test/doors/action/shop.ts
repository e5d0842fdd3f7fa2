// A repository with a pull request, and the stand-in for GitHub that it lives at. Each test has its own, so that they may run at the same time.

import { makeUp } from "../../../src/rules/index.ts";
import { type GitHubOptions, type GitHubStandIn, startGitHub } from "../../github/index.ts";
import { type SampleRepository, sampleRepository } from "../../github/sample-repository.ts";
import { git } from "../../support/repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { QUIET, SQL } from "../cli/samples.ts";

/** Made up at run time, so that no file of ours holds something that looks like a key. */
export const KEY = makeUp("sk_live_[A-Za-z0-9]{24}");

export const PAYMENTS = `import stripe\n\nstripe.api_key = "${KEY}"\n`;

export interface Shop {
  readonly sample: SampleRepository;
  /** The tip of main, of the pull request, and of the merge that GitHub makes of both for a workflow to run on. */
  readonly main: string;
  readonly head: string;
  readonly merge: string;
  /** Where main and the pull request part. */
  readonly mergeBase: string;
}

/** \`main\` has gone on since \`feature\` left it; \`feature\` brings a database statement (high) and a key (critical). */
export async function shop(): Promise<Shop> {
  const sample = await sampleRepository([
    {
      branch: "main",
      files: { "app/find.py": QUIET, "app/other.py": QUIET, "README.md": "Shop\n" },
    },
    { branch: "feature", from: "main", files: { "app/find.py": SQL, "app/payments.py": PAYMENTS } },
    { branch: "main", files: { "README.md": "The shop\n" } },
    {
      branch: "merge",
      from: "main",
      merge: "feature",
      files: { "app/find.py": SQL, "app/payments.py": PAYMENTS },
    },
    // A key in the first commit that the second takes out again.
    { branch: "taken-back", from: "main", files: { "app/payments.py": PAYMENTS } },
    { branch: "taken-back", files: { "app/payments.py": null, "README.md": "Shops\n" } },
  ]);
  const [mergeBase = "", head = "", main = "", merge = ""] = sample.commits;
  return { sample, mergeBase, head, main, merge };
}

/** Starts a stand-in, and ends it when the test does; whatever was against GitHub's rules fails the test. */
export async function atGitHub(
  { sample }: Pick<Shop, "sample">,
  test: (github: GitHubStandIn) => Promise<void>,
  options: Partial<GitHubOptions> = {},
): Promise<void> {
  const github = await startGitHub({
    repository: sample.git,
    owner: "acme",
    name: "shop",
    ...options,
  });
  try {
    await test(github);
    github.expectNoViolations();
  } finally {
    await github.close();
  }
}

/** A workspace as `actions/checkout` leaves it: one commit, whole history with depth 0. */
export async function checkout(
  { sample }: Pick<Shop, "sample">,
  commit: string,
  options: { readonly depth?: number; readonly filter?: string; readonly into?: string } = {},
): Promise<string> {
  const { depth = 1, filter } = options;
  const workspace = options.into ?? (await temporaryFolder());
  await git(workspace, ["init", "--quiet"]);
  await git(workspace, ["remote", "add", "origin", `file://${sample.directory}`]);
  if (filter !== undefined) {
    await git(workspace, ["config", "remote.origin.promisor", "true"]);
    await git(workspace, ["config", "remote.origin.partialclonefilter", filter]);
  }
  const limits = [
    ...(depth === 0 ? [] : [`--depth=${depth}`]),
    ...(filter === undefined ? [] : [`--filter=${filter}`]),
  ];
  await git(workspace, ["fetch", "--quiet", "--no-tags", ...limits, "origin", commit]);
  await git(workspace, ["checkout", "--quiet", "--detach", commit]);
  return workspace;
}

/** The kinds of calls that fetch a tree or contents; the question for threads goes by GraphQL, too. */
export function readsOfTrees(github: GitHubStandIn): number {
  return github.calls.filter(({ operation }) => operation === "git/get-tree").length;
}
