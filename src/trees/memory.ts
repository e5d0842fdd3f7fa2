import type { FileContent, SourceTree } from "../core/source-tree.ts";
import { isInside, missing, outside } from "./paths.ts";

/** A tree made of the given contents by path, for tests and samples. Text is stored as UTF-8. */
export function memoryTree(
  files: Readonly<Record<string, string | Uint8Array>>,
  revision = "memory",
): SourceTree {
  const encoder = new TextEncoder();
  const contents = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === "string" ? encoder.encode(content) : content,
    ]),
  );
  const read = (path: string): FileContent => {
    const bytes = contents.get(path);
    if (bytes !== undefined) return { kind: "bytes", bytes };
    return isInside(path) ? missing : outside;
  };
  return {
    revision,
    list: async () =>
      Array.from(contents, ([path, bytes]) => ({ path, kind: "file", size: bytes.length })),
    read: async (paths) => new Map(paths.map((path) => [path, read(path)])),
  };
}
