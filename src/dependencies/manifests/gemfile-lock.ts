import type { Span } from "../../core/document.ts";
import type { ManifestFormat, PackageSource } from "../package.ts";
import { Draft } from "./draft.ts";
import { type Links, link, standings } from "./graph.ts";
import { withoutPassword } from "./requirement.ts";

interface Gem {
  readonly name: string;
  readonly version: string;
  readonly source: PackageSource;
  readonly asks: string[];
  readonly nameSpan: Span;
  end: number;
}

/** Bundler's lock: gems at four columns under `specs:`, what they ask for at six, what the project asks for in DEPENDENCIES. */
export const gemfileLock = {
  id: "gemfile-lock",
  ecosystem: "RubyGems",
  role: "lock",
  tool: "bundler",
  matches: (path) => /(?:^|\/)(?:Gemfile|gems)\.lock(?:ed)?$|(?:^|\/)gems\.locked$/.test(path),
  read(text, path) {
    const draft = new Draft("RubyGems", text, path);
    const { gems, direct } = gemsIn(text);
    const keys: Links = new Map();
    for (const { name, version } of gems) link(keys, name, [`${name}@${version}`]);
    const edges: Links = new Map();
    for (const { name, version, asks } of gems) {
      const own = `${name}@${version}`;
      const targets = asks.flatMap((asked) => [...(keys.get(asked) ?? [])]);
      link(edges, own, targets);
    }
    const roots = [...direct].flatMap((name) =>
      [...(keys.get(name) ?? [])].map((key) => ({ key, scope: "main" as const })),
    );
    const graph = standings(edges, roots);
    const seen = new Set<string>();
    for (const { name, version, source, nameSpan, end } of gems) {
      const own = `${name}@${version}`;
      // A gem with native parts is listed for each platform.
      if (seen.has(own)) continue;
      seen.add(own);
      draft.add({
        name,
        version,
        kind: "locked",
        scope: "main",
        direct: graph.get(own)?.direct,
        parents: graph.get(own)?.parents,
        source,
        span: { start: nameSpan.start, end },
        nameSpan,
      });
    }
    if (
      gems.length === 0 &&
      direct.size === 0 &&
      !/^[A-Z][A-Z ]+$/m.test(text) &&
      text.trim() !== ""
    )
      draft.problem("not a lock file of Bundler");
    return draft.finish();
  },
} as const satisfies ManifestFormat;

const PLATFORM =
  /-(?:x86|x64|arm|aarch|universal|java|jruby|mswin|mingw|ruby|musl|linux|darwin|i\d86)[\w.-]*$/;

function gemsIn(text: string): { gems: Gem[]; direct: Set<string> } {
  const gems: Gem[] = [];
  const direct = new Set<string>();
  let section = "";
  let remote = "";
  let revision: string | undefined;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const stop = found < 0 ? text.length : found;
    const line = text.slice(start, stop).trimEnd();
    const end = start + line.length;
    const entry = /^( +)([^\s(!:]+)(?:!| \(([^)]*)\)!?)?$/.exec(line);
    const indent = entry?.[1]?.length ?? 0;
    const name = entry?.[2] ?? "";
    if (/^[A-Z][A-Z ]*$/.test(line)) {
      section = line;
      remote = "";
      revision = undefined;
    } else if (/^ {2}remote: /.test(line)) remote = withoutPassword(line.slice(10).trim());
    else if (/^ {2}revision: /.test(line)) revision = line.slice(12).trim();
    else if (entry !== null && section === "DEPENDENCIES" && indent === 2) direct.add(name);
    else if (entry !== null && indent === 4 && entry[3] !== undefined) {
      const source: PackageSource =
        section === "GIT"
          ? { kind: "vcs", url: remote, ...(revision !== undefined && { revision }) }
          : section === "PATH"
            ? { kind: "path", path: remote }
            : { kind: "registry", ...(remote !== "" && { index: remote }) };
      const version = entry[3].replace(PLATFORM, "");
      gems.push({ name, version, source, asks: [], nameSpan: { start: start + 4, end }, end });
    } else if (entry !== null && indent === 6) {
      const last = gems.at(-1);
      last?.asks.push(name);
      if (last !== undefined) last.end = end;
    }
    start = stop + 1;
  }
  return { gems, direct };
}
