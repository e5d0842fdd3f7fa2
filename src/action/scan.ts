/**
 * A whole tree, on a push, by the clock or by hand.
 *
 * Why a push is scanned and not compared with what was there before: it is what code scanning needs of a branch. An alert that the
 * newest upload does not hold counts as fixed, so an upload of new findings alone would close all others; and what a push brought
 * was reviewed in its pull request.
 */
import { ConfigError } from "../core/errors.ts";
import type { SourceTree } from "../core/source-tree.ts";
import {
  createClient,
  GitHubError,
  type GitHubRepository,
  type RepositoryName,
} from "../github/index.ts";
import {
  advisorySource,
  extendedConfigs,
  isFailing,
  organisationConfig,
} from "../pull-request/index.ts";
import type { Report } from "../report/index.ts";
import { scan } from "../review/index.ts";
import { type ConfigFile, settingText, setUp } from "../setup/index.ts";
import { directoryTree } from "../trees/index.ts";
import { findCheckout } from "./checkout.ts";
import type { Inputs } from "./inputs.ts";
import { createOctokit } from "./octokit.ts";
import { overrideConfig } from "./overrides.ts";
import { everySecret, type Result } from "./result.ts";
import { today, version } from "./version.ts";

export interface ScanTask {
  readonly inputs: Inputs;
  readonly name: RepositoryName;
  readonly workspace: string;
}

/** Scans what is checked out. Throws `PortcullisError` where there is nothing, or a configuration is wrong. */
export async function scanCheckout(task: ScanTask): Promise<Result> {
  const { inputs, workspace } = task;
  const checkout = await findCheckout(workspace, inputs.workingDirectory);
  if (checkout === undefined) {
    throw new ConfigError("There is nothing to scan: the workspace is empty.", {
      hint: "Add a step with actions/checkout before this one.",
    });
  }
  const tree = await directoryTree(checkout.root);
  const chosen = await chosenConfig(inputs, tree);
  const fallback = chosen === undefined ? await organisationFile(task) : undefined;
  const setup = await setUp(tree, {
    profile: inputs.profile,
    extend: (file) => extendedConfigs({ github: clientOf(task), name: task.name }, file),
    ...(chosen !== undefined && { config: chosen }),
    ...(fallback !== undefined && { fallback }),
  });
  const config = overrideConfig(setup.config, inputs, checkout.prefix);
  const advisories = advisorySource(clientOf(task), config);
  const review = await scan({
    tree,
    rules: setup.rules,
    config,
    today: today(),
    ...(advisories !== undefined && { advisories }),
  });
  const failOn = config["fail-on"];
  const report: Report = {
    review,
    rules: setup.rules.byId,
    version,
    colour: false,
    failOn,
    command: "scan",
  };
  const isBad = review.new.some((finding) => isFailing(finding, failOn));
  const isAdvisory = failOn === "never" && review.new.length > 0;
  return {
    report,
    conclusion: isBad ? "failure" : isAdvisory ? "neutral" : "success",
    // There is no change to comment on: annotations and the job itself say it.
    hasCheck: false,
    remarks: [],
    secrets: await everySecret(report, { head: tree }),
  };
}

/** A scan does without the organisation's configuration where it cannot be asked for. */
async function organisationFile(task: ScanTask): Promise<ConfigFile | undefined> {
  try {
    return await organisationConfig({ github: clientOf(task), name: task.name });
  } catch (error) {
    if (error instanceof GitHubError) return undefined;
    throw error;
  }
}

function clientOf({ inputs, name }: ScanTask): GitHubRepository {
  return createClient(createOctokit(inputs.token), name);
}

async function chosenConfig(inputs: Inputs, tree: SourceTree): Promise<ConfigFile | undefined> {
  const path = inputs.configPath;
  if (path === undefined) return undefined;
  const yaml = settingText(path, (await tree.read([path])).get(path));
  if (yaml !== undefined) return { path, yaml };
  throw new ConfigError(`Wrong input config: there is no file ${path} in the checkout.`, {
    hint: "Name a file by its path from the root of the repository.",
  });
}
