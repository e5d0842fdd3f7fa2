/**
 * Yarn's lock, classic and berry. Each block's header lists the descriptors (`name@range`) that it answers, and what a block
 * asks for is written as such a descriptor again: looking it up among the headers gives the graph.
 */

import type { Span } from "../../core/document.ts";
import type { ManifestFormat } from "../package.ts";
import { Draft } from "./draft.ts";
import { type Links, link, type Root, standings } from "./graph.ts";
import { npmSource } from "./npm-spec.ts";
import { packageBeside } from "./package-json.ts";

interface Block {
  readonly descriptors: readonly string[];
  readonly header: Span;
  end: number;
  readonly fields: Map<string, string>;
  /** Name and range, in the order of the block. */
  readonly asks: { readonly name: string; readonly range: string }[];
}

export const yarnLock = {
  id: "yarn-lock",
  ecosystem: "npm",
  role: "lock",
  tool: "yarn",
  matches: (path) => /(?:^|\/)yarn\.lock$/.test(path) && !/(?:^|\/)node_modules\//.test(path),
  read(text, path, context) {
    const draft = new Draft("npm", text, path);
    const blocks = blocksOf(text);
    if (blocks.length === 0 && /^[^\s#]/m.test(text)) draft.problem("not a lock file of Yarn");
    const byDescriptor = new Map<string, Block>();
    for (const block of blocks)
      for (const descriptor of block.descriptors) byDescriptor.set(descriptor, block);
    const find = (name: string, range: string) =>
      byDescriptor.get(`${name}@${range}`) ?? byDescriptor.get(`${name}@npm:${range}`);
    const edges: Links = new Map();
    const roots: Root[] = [];
    for (const block of blocks) {
      const targets = block.asks.flatMap(({ name, range }) => {
        const found = find(name, range);
        return found === undefined ? [] : [keyOfBlock(found)];
      });
      if (isWorkspace(block)) roots.push(...targets.map((key): Root => ({ key, scope: "main" })));
      else link(edges, keyOfBlock(block), targets);
    }
    for (const one of packageBeside(path, context)?.packages ?? []) {
      if (one.kind !== "requirement") continue;
      const found = find(one.name, one.range ?? one.version ?? "*");
      if (found !== undefined)
        roots.push({ key: keyOfBlock(found), scope: one.scope, group: one.group });
    }
    // The workspace's own blocks do not tell what is for development: package.json does.
    const graph = standings(edges, preferDev(roots));
    for (const block of blocks) {
      if (isWorkspace(block)) continue;
      const { name, version } = identityOf(block);
      if (name === "") continue;
      const hash = block.fields.get("integrity");
      draft.add({
        name,
        version,
        kind: "locked",
        scope: "main",
        ...graph.get(keyOfBlock(block)),
        source: sourceOfBlock(block),
        hashes: hash === undefined ? [] : [hash],
        span: { start: block.header.start, end: block.end },
        nameSpan: block.header,
      });
    }
    return draft.finish(/^__metadata:/m.test(text) ? { tool: "yarn-berry" } : {});
  },
} as const satisfies ManifestFormat;

/** Where both name a root, what package.json says of it decides. */
function preferDev(roots: readonly Root[]): Root[] {
  const dev = new Set(roots.filter(({ scope }) => scope !== "main").map(({ key }) => key));
  const main = new Set(
    roots
      .filter(({ scope, group }) => scope === "main" && group !== undefined)
      .map(({ key }) => key),
  );
  return roots.filter(({ key, scope }) => scope !== "main" || !dev.has(key) || main.has(key));
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let block: Block | undefined;
  let section = "";
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const stop = found < 0 ? text.length : found;
    const line = text.slice(start, stop).trimEnd();
    const content = line.trimStart();
    const indent = line.length - content.length;
    const end = start + line.length;
    if (content !== "" && !content.startsWith("#")) {
      if (indent === 0) {
        // A long header of berry is `? "descriptors"`, with the colon on the next line.
        const isLong = content.startsWith("? ");
        if (content.startsWith(": ") || content === ":") {
          const [key, value] = pairIn(content.slice(1).trim());
          block?.fields.set(key, value);
        } else if (content.endsWith(":") || isLong) {
          const descriptors = descriptorsIn(isLong ? content.slice(2) : content.slice(0, -1));
          section = "";
          block =
            descriptors[0] === "__metadata"
              ? undefined
              : { descriptors, header: { start, end }, end, fields: new Map(), asks: [] };
          if (block !== undefined) blocks.push(block);
        } else block = undefined;
      } else if (block !== undefined) {
        block.end = end;
        if (indent <= 2 && content.endsWith(":")) section = content.slice(0, -1);
        else if (indent <= 2) {
          section = "";
          const [key, value] = pairIn(content);
          block.fields.set(key, value);
        } else if (ASKING.has(section)) {
          const [name, range] = pairIn(content);
          block.asks.push({ name, range });
        }
      }
    }
    start = stop + 1;
  }
  return blocks;
}

const ASKING = new Set(["dependencies", "optionalDependencies"]);

/** `"a@^1, b@^2"` or `"a@^1", b@^2`. */
function descriptorsIn(text: string): string[] {
  return text
    .replaceAll('"', "")
    .split(/,\s*(?=[@\w])/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/** `key "value"`, `key value`, `key: value`, `"key": "value"`. */
function pairIn(content: string): [string, string] {
  const found = /^("[^"]*"|[^\s:"]+):?(?:\s+(.*))?$/.exec(content);
  const unquote = (text = "") => text.replace(/^"(.*)"$/, "$1");
  return [unquote(found?.[1]), unquote(found?.[2])];
}

function nameIn(descriptor: string): string {
  return /^(@?[^@]+)/.exec(descriptor)?.[1] ?? "";
}

function identityOf({ descriptors, fields }: Block): { name: string; version: string | undefined } {
  const [first = ""] = descriptors;
  // `alias@npm:real@^1`: the package is the one behind the alias.
  const aliased = /^@?[^@]+@npm:((?:@[^/@]+\/)?[^/@]+)@/.exec(first)?.[1];
  const resolution = fields.get("resolution");
  const name = resolution === undefined ? (aliased ?? nameIn(first)) : nameIn(resolution);
  const version = fields.get("version");
  return { name, version: version === "" ? undefined : version };
}

function keyOfBlock(block: Block): string {
  const { name, version } = identityOf(block);
  return version === undefined ? name : `${name}@${version}`;
}

function isWorkspace({ fields, descriptors }: Block): boolean {
  const reference = fields.get("resolution") ?? descriptors[0] ?? "";
  return /@workspace:/.test(reference);
}

function sourceOfBlock({ fields, descriptors }: Block) {
  const resolution = fields.get("resolution");
  if (resolution !== undefined) {
    const reference = resolution.slice(nameIn(resolution).length + 1);
    return npmSource(reference) ?? { kind: "registry" };
  }
  const resolved = fields.get("resolved") ?? "";
  const range = (descriptors[0] ?? "").slice(nameIn(descriptors[0] ?? "").length + 1);
  const asked = npmSource(range);
  // A tarball of the registry is what a range from the registry resolves to.
  if (asked === undefined) return { kind: "registry" } as const;
  const codeload = /^https:\/\/codeload\.github\.com\/([^/]+\/[^/]+)\/tar\.gz\/([^/#]+)/.exec(
    resolved,
  );
  if (codeload?.[1] !== undefined && codeload[2] !== undefined)
    return {
      kind: "vcs",
      url: `https://github.com/${codeload[1]}`,
      revision: codeload[2],
    } as const;
  if (asked.kind === "vcs")
    return npmSource(resolved.replace(/^https?:/, (at) => `git+${at}`)) ?? asked;
  return asked;
}
