import { importsIn, isPython } from "../analyzers/index.ts";
import { targetsOf } from "./beside.ts";
import type { OpenFile } from "./open-file.ts";
import type { TreeProject } from "./project.ts";

/** What an imported module imports is asked for as well, what that imports hardly. */
const HOPS = 2;
/** Who imports more is not looked at in all of it. */
const MAX_AHEAD = 300;

/**
 * Reads what some files import, where that costs no request: an inspection that asks for a file which is not at hand begins
 * again once it is.
 */
export async function readImported(
  files: readonly Pick<OpenFile, "path" | "text">[],
  project: TreeProject,
): Promise<void> {
  if (!project.readsInBatches) return;
  const has = (path: string) => project.paths.has(path);
  const seen = new Set(files.map(({ path }) => path));
  let sources = files.flatMap(({ path, text }) => (isPython(path) ? [{ path, text }] : []));
  for (let hop = 0; hop < HOPS && sources.length > 0; hop++) {
    const wanted = new Set<string>();
    for (const { path, text } of sources)
      for (const line of importsIn(text))
        for (const target of targetsOf(path, line, has))
          if (!seen.has(target) && seen.size < MAX_AHEAD + files.length) {
            seen.add(target);
            wanted.add(target);
          }
    sources = await project.readAhead([...wanted]);
  }
}
