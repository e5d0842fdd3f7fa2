import { formatOf, readManifest } from "../../../src/dependencies/manifests/index.ts";
import type { Manifest, Package } from "../../../src/dependencies/package.ts";

/** Reads a file as the format of its path would, with other files of the tree beside it. */
export function manifestOf(
  path: string,
  text: string,
  files: Readonly<Record<string, string>> = {},
): Manifest {
  const format = formatOf(path);
  if (format === undefined) throw new Error(`${path} is of no format`);
  return readManifest(format, text, path, { read: (other) => files[other] });
}

/**
 * One line for each package: `name version|(range)|*`, then what is not usual of it: a kind other than `requirement`, a scope other
 * than `main`, the group, `indirect` or `unknown` where it is not asked for by the project, its parents, its source.
 */
export function rows(
  path: string,
  text: string,
  files: Readonly<Record<string, string>> = {},
): string[] {
  return manifestOf(path, text, files).packages.map(row);
}

function row(one: Package): string {
  const { source } = one;
  return [
    one.name + (one.extras ? `[${one.extras.join(",")}]` : ""),
    one.version ?? (one.range === undefined ? "*" : `(${one.range})`),
    one.kind === "requirement" ? "" : one.kind,
    one.scope === "main" ? "" : one.scope,
    one.group === undefined ? "" : `group:${one.group}`,
    one.direct === undefined ? "unknown" : one.direct ? "" : "indirect",
    one.parents ? `<- ${one.parents.join(" ")}` : "",
    one.marker === undefined ? "" : `; ${one.marker}`,
    source.kind === "registry"
      ? source.index === undefined
        ? ""
        : `from ${source.index}`
      : source.kind === "vcs"
        ? `vcs ${source.url}${source.revision === undefined ? "" : `@${source.revision}`}`
        : source.kind === "url"
          ? `url ${source.url}`
          : `path ${source.path}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** The text that each package's places hold: the whole entry, its name, its version. */
export function places(
  path: string,
  text: string,
  files: Readonly<Record<string, string>> = {},
): { entry: string; lines: string; name: string; version: string }[] {
  const lines = text.split(/\r\n|\n/);
  const slice = (region: Package["nameRegion"]) => {
    if (region === undefined) return "";
    const part = lines.slice(region.startLine - 1, region.endLine);
    const last = part.length - 1;
    part[last] = (part[last] ?? "").slice(0, region.endColumn);
    part[0] = (part[0] ?? "").slice(region.startColumn - 1);
    return part.join("\n");
  };
  return manifestOf(path, text, files).packages.map((one) => ({
    entry: slice(one.location.region),
    lines: `${one.location.region.startLine}-${one.location.region.endLine}`,
    name: slice(one.nameRegion),
    version: slice(one.versionRegion),
  }));
}
