/** Octokit pointed at a stand-in, for tests: silent, without retries. */

import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import type { GitHubStandIn } from "./index.ts";

const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };

/** Acts as the App's installation, or with another token. */
export function client(github: GitHubStandIn, auth: string = github.installationToken()): Octokit {
  return new Octokit({ baseUrl: github.url, auth, log });
}

/** Signs in with the App's key; acts as the installation when `installationId` is given. */
export function appClient(
  github: GitHubStandIn,
  options: { baseUrl?: string; privateKey?: string; installationId?: number } = {},
): Octokit {
  const { baseUrl = github.url, privateKey = github.privateKey, ...rest } = options;
  const auth = { appId: github.appId, privateKey, ...rest };
  return new Octokit({ baseUrl, authStrategy: createAppAuth, auth, log });
}
