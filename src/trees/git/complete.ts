import { runGit } from "./process.ts";

/**
 * Makes sure that a clone holds these commits with all their files, and fetches from `origin` those that it lacks, as a shallow clone
 * does. False where that cannot be had: no repository, a clone without blobs, no network, no right to fetch. Never throws for it.
 *
 * Each commit is fetched by its id and alone, which needs no merge base and moves neither a branch nor the edge of a shallow history.
 */
export async function completeCommits(
  folder: string,
  commits: readonly string[],
): Promise<boolean> {
  if (commits.some((commit) => !/^[0-9a-f]{40,64}$/.test(commit))) return false;
  // Of a partial clone git would fetch file by file, which a reader must not.
  const partial = await runGit(folder, ["config", "--get-regexp", PARTIAL]);
  if (partial.status === 0) return false;
  const missing = await missingCommits(folder, commits);
  if (missing === undefined || missing.length === 0) return missing !== undefined;
  const shallow = await runGit(folder, ["rev-parse", "--is-shallow-repository"]);
  const depth = shallow.output.toString("latin1").trim() === "true" ? ["--depth=1"] : [];
  await runGit(folder, [...PATIENCE, "fetch", ...QUIETLY, ...depth, "origin", ...missing], {
    environment: { GIT_ALLOW_PROTOCOL: "https:http:ssh:git:file" },
  });
  return (await missingCommits(folder, commits))?.length === 0;
}

const PARTIAL = "^(extensions\\.partialclone|remote\\..*\\.(promisor|partialclonefilter))$";
/** Gives up on a connection on which nothing moves for twenty seconds. */
const PATIENCE = ["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=20"];
const QUIETLY = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"];

/** Undefined where there is no repository to ask. */
async function missingCommits(
  folder: string,
  commits: readonly string[],
): Promise<string[] | undefined> {
  const { status, output } = await runGit(folder, ["cat-file", "--batch-check"], {
    input: commits.map((commit) => `${commit}^{commit}\n`).join(""),
  });
  if (status !== 0) return undefined;
  const lines = output.toString("latin1").split("\n");
  return commits.filter((_, index) => !/^[0-9a-f]+ commit /.test(lines[index] ?? ""));
}
