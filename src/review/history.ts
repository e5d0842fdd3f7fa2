/**
 * Secrets that a change adds in one commit and takes out in a later one. Head does not hold them, but everybody who can fetch
 * the branch has them: taking a secret out revokes nothing.
 */
import { Buffer } from "node:buffer";
import type { Config } from "../core/config.ts";
import type { CommitAdditions, History } from "../core/history.ts";
import type { FileContent, SourceTree } from "../core/source-tree.ts";
import { type Hit, isIncluded } from "./hit.ts";
import type { Scanner } from "./scanner.ts";

const SHOWN_ID = 10;

/**
 * What the rules for secrets say of the lines that each commit adds, each secret once, where it was added first. Those with a
 * fingerprint in `known` are in head, or were in base before.
 */
export async function leakedOnTheWay(
  history: History,
  known: ReadonlySet<string>,
  scanner: Scanner,
  config: Config,
): Promise<Hit[]> {
  const seen = new Set(known);
  const leaked: Hit[] = [];
  for (const [commit, additions] of byCommit(history.additions)) {
    const paths = [...additions.keys()].filter((path) => isIncluded(path, config.paths));
    const all = async () => new Set(additions.keys());
    const { hits } = await scanner.inspect(fragments(commit, additions), paths, all, "secret");
    for (const hit of hits) {
      const { finding } = hit;
      if (hit.suppression !== undefined || seen.has(finding.fingerprint)) continue;
      seen.add(finding.fingerprint);
      leaked.push(asPast(hit, commit, additions.get(finding.path) ?? []));
    }
  }
  return leaked;
}

type Lines = CommitAdditions["lines"];

function byCommit(additions: readonly CommitAdditions[]): Map<string, Map<string, Lines>> {
  const commits = new Map<string, Map<string, Lines>>();
  for (const { commit, path, lines } of additions) {
    const files = commits.get(commit) ?? new Map<string, Lines>();
    commits.set(commit, files.set(path, lines));
  }
  return commits;
}

/** The added lines of a commit as the files of a tree. */
function fragments(commit: string, files: ReadonlyMap<string, Lines>): SourceTree {
  const contentOf = (path: string): FileContent => {
    const lines = files.get(path);
    if (lines === undefined) return { kind: "missing" };
    return { kind: "bytes", bytes: Buffer.from(lines.map((line) => line.text).join("\n")) };
  };
  return {
    revision: commit,
    list: async () => [...files.keys()].map((path) => ({ path, kind: "file" })),
    read: async (paths) => new Map(paths.map((path) => [path, contentOf(path)])),
  };
}

/** No line of head holds it: the region is that of the commit, and no comment at its end can silence it. */
function asPast({ finding }: Hit, commit: string, lines: Lines): Hit {
  const numberOf = (line: number) => lines[line - 1]?.number ?? line;
  const { excerpt: _, ...rest } = finding;
  return {
    finding: {
      ...rest,
      region: {
        ...finding.region,
        startLine: numberOf(finding.region.startLine),
        endLine: numberOf(finding.region.endLine),
      },
      message: `${finding.message} Commit ${commit.slice(0, SHOWN_ID)} of this change added it, and a later one took it out again.`,
      absence: true,
    },
  };
}
