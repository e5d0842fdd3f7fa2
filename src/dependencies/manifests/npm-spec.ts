import type { DraftPackage } from "./draft.ts";
import { withoutPassword } from "./requirement.ts";

const EXACT = /^[=v]*\s*(\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?)$/;

/**
 * What a dependency's value in package.json asks for: a version, a range, another name (`npm:other@1`), or a place. `versionAt` is
 * the offset of an exact version in the value.
 */
export function readNpmSpec(
  name: string,
  spec: string,
): Pick<DraftPackage, "name" | "version" | "range" | "source"> & { versionAt?: number } {
  const written = spec.trim();
  const alias = /^npm:((?:@[^/@]+\/)?[^@]+)(?:@(.*))?$/.exec(written);
  if (alias?.[1] !== undefined) {
    const behind = alias[2] ?? "";
    // An alias of an alias means nothing to npm, and there may be thousands of them.
    const { versionAt, ...target } = readNpmSpec(alias[1], /^\s*npm:/.test(behind) ? "" : behind);
    return {
      ...target,
      ...(versionAt !== undefined && { versionAt: versionAt + spec.lastIndexOf(behind) }),
    };
  }
  const source = npmSource(written);
  if (source !== undefined) return { name, source };
  const registry = { kind: "registry" } as const;
  const exact = EXACT.exec(written)?.[1];
  if (exact !== undefined)
    return { name, version: exact, source: registry, versionAt: spec.lastIndexOf(exact) };
  const isAny = written === "" || written === "*" || written === "latest" || written === "x";
  return { name, range: isAny ? undefined : written, source: registry };
}

/** The place that a value or a resolution names; undefined where it means the registry. */
export function npmSource(written: string): DraftPackage["source"] | undefined {
  const local = /^(?:file|link|portal|workspace):(.*)$/.exec(written)?.[1];
  if (local !== undefined) return { kind: "path", path: local };
  const git = /^(?:git\+|git:|ssh:|git@|github:|gitlab:|bitbucket:|gist:)/.test(written);
  const short = /^[\w.-]+\/[\w.-]+(?:#.*)?$/.test(written);
  const repository = /^https?:\/\/[^#]+\.git(?:#|$)/.test(written);
  if (git || short || repository) {
    const [address = "", fragment] = withoutPassword(written.replace(/^git\+/, "")).split("#", 2);
    // Yarn writes `#commit=…`, npm `#semver:…` where it is no revision.
    const revision = /^(?:commit[=:])?([^&:]+)/.exec(fragment ?? "")?.[1];
    return { kind: "vcs", url: address, ...(revision !== undefined && { revision }) };
  }
  if (/^https?:\/\//.test(written)) return { kind: "url", url: withoutPassword(written) };
  if (/^(?:\.{1,2}\/|\/|~\/)/.test(written)) return { kind: "path", path: written };
  return undefined;
}
