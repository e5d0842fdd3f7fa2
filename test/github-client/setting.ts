/** A stand-in for GitHub with a client for it, closed and checked after each test. */

import { afterAll, afterEach, beforeAll } from "vitest";
import { createClient, type GitHubRepository } from "../../src/github/index.ts";
import { type GitHubOptions, type GitHubStandIn, startGitHub } from "../github/index.ts";
import { client as octokit } from "../github/sample-client.ts";
import { type SampleRepository, sampleRepository } from "../github/sample-repository.ts";

export const name = { owner: "acme", repo: "shop" } as const;

export interface Started {
  readonly github: GitHubStandIn;
  readonly client: GitHubRepository;
  /** Calls since the start or the last reset, as `GET /repos/acme/shop/pulls/1` without the repository. */
  calls(): string[];
}

/** Makes the repository once for all tests of a file, and a stand-in whenever asked. */
export function setting(commits: Parameters<typeof sampleRepository>[0]) {
  let sample: SampleRepository;
  const open: GitHubStandIn[] = [];
  beforeAll(async () => {
    sample = await sampleRepository(commits);
  });
  afterAll(() => sample.remove());
  afterEach(async () => {
    const started = open.splice(0);
    for (const github of started) await github.close();
    for (const github of started) github.expectNoViolations();
  });
  const start = async (options: Partial<GitHubOptions> = {}): Promise<Started> => {
    const github = await startGitHub({
      repository: sample.directory,
      owner: name.owner,
      name: name.repo,
      ...options,
    });
    open.push(github);
    return { github, client: clientFor(github), calls: () => callsOf(github) };
  };
  return { start, commit: (index: number) => sample.commits[index] ?? "" };
}

/** Another client, as another user for example. */
export function clientFor(github: GitHubStandIn, token?: string): GitHubRepository {
  return createClient(octokit(github, token), name);
}

export function callsOf(github: GitHubStandIn): string[] {
  return github.calls.map(
    ({ method, path }) => `${method} ${path.replace("/repos/acme/shop", "")}`,
  );
}
