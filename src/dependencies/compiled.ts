/** Which requirements files were compiled from which: a pin is set in the one, and the other follows only when it is compiled anew. */
import type { ReadFile } from "./manifests/index.ts";

export interface Compilations {
  /** The file that a path was compiled into; the first of several. */
  readonly into: ReadonlyMap<string, ReadFile>;
  /** The files that a path was compiled from, as far as they are read. */
  readonly from: ReadonlyMap<string, readonly ReadFile[]>;
}

/** True for files whose header says that they were compiled, and not exported from a lock file. */
export function isCompiled({ format, manifest: { tool } }: ReadFile): boolean {
  return format.tool === "pip" && (tool === "pip-compile" || tool === "uv-pip");
}

/** The names beside a requirements file by which the two sides of a compilation go as a rule: `x.in` and `x.txt`. */
export function counterpartOf(path: string): string | undefined {
  const [, stem, ending] = /^(.*)\.(in|txt)$/s.exec(path) ?? [];
  return stem === undefined ? undefined : `${stem}.${ending === "in" ? "txt" : "in"}`;
}

/** What the headers of compiled files say, whose paths begin where the command was run: at the root, as a rule, or beside the file. */
export function compilationsIn(files: readonly ReadFile[]): Compilations {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const into = new Map<string, ReadFile>();
  const from = new Map<string, readonly ReadFile[]>();
  for (const file of files) {
    if (!isCompiled(file)) continue;
    const folder = file.path.slice(0, file.path.lastIndexOf("/") + 1);
    const named = (file.manifest.compiledBy ?? "")
      .split(" ")
      .flatMap((word) => [word, folder + word]);
    const sources = [counterpartOf(file.path) ?? "", ...named].flatMap((path) => {
      const source = byPath.get(path);
      return source === undefined || source === file || isCompiled(source) ? [] : [source];
    });
    from.set(file.path, [...new Set(sources)]);
    for (const { path } of sources) if (!into.has(path)) into.set(path, file);
  }
  return { into, from };
}
