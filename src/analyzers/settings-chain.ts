import type { Step } from "../core/finding.ts";
import type { Site, Statement } from "../python/index.ts";
import type { Project } from "./analyzer.ts";

/** Settings modules that build on more others than this are not followed further. */
const MAX_MODULES = 60;

/**
 * Through which star imports the names of one module reach another: one step for each, from the module that is deployed to
 * the one in which a name was set. Empty where star imports do not lead there.
 */
export function importChain(project: Project, deployed: string, origin: string): readonly Step[] {
  return importsBetween(project, deployed, origin).map(({ file, node, to }) => {
    const message = `${file.path === deployed ? "is deployed, and builds" : "builds"} on \`${to}\``;
    return { ...file.location(node), message };
  });
}

/** The star imports themselves, each with the module that it imports. */
export function importsBetween(
  project: Project,
  deployed: string,
  origin: string,
): readonly (Site & { readonly to: string })[] {
  const found = new Map<string, readonly (Site & { readonly to: string })[]>([[deployed, []]]);
  for (const [path, before] of found) {
    const file = project.file(path);
    if (file === undefined || found.size > MAX_MODULES) continue;
    for (const node of starImports(file.body)) {
      const target = project.resolve(path, node.module ?? "", node.level ?? 0);
      if (target.kind !== "tree" || found.has(target.path)) continue;
      const chain = [...before, { file, node, to: target.path }];
      if (target.path === origin) return chain;
      found.set(target.path, chain);
    }
  }
  return [];
}

type StarImport = Extract<Statement, { nodeType: "ImportFrom" }>;

/** Star imports at a module's top level, those under a condition or in a `try` too. */
function starImports(body: readonly Statement[]): StarImport[] {
  return body.flatMap((node) => {
    if (node.nodeType === "ImportFrom")
      return node.names.some((alias) => alias.name === "*") ? [node] : [];
    if (node.nodeType === "If") return starImports([...node.body, ...node.orelse]);
    if (node.nodeType === "Try")
      return starImports([
        ...node.body,
        ...node.handlers.flatMap((handler) => handler.body),
        ...node.orelse,
        ...node.finalbody,
      ]);
    return [];
  });
}
