import type { Span } from "../../core/document.ts";
import type { ManifestFormat, PackageSource } from "../package.ts";
import { Draft } from "./draft.ts";

interface Directive {
  readonly verb: string;
  readonly words: readonly (Span & { readonly text: string })[];
  readonly comment: string;
  readonly span: Span;
}

/** Go's modules: what `require` names, after `replace`. `exclude` and `retract` ask for nothing. */
export const goMod = {
  id: "go-mod",
  ecosystem: "Go",
  role: "manifest",
  tool: "go",
  matches: (path) => /(?:^|\/)go\.mod$/.test(path),
  read(text, path) {
    const draft = new Draft("Go", text, path);
    const directives = [...directivesIn(draft)];
    const replacements = directives.filter(({ verb }) => verb === "replace").flatMap(replacementIn);
    const seen = new Set<string>();
    for (const { verb, words, comment, span } of directives) {
      const [module, version] = words;
      if (verb !== "require" || module === undefined || version === undefined) {
        if (!VERBS.has(verb)) draft.problem("not a directive of go.mod", span);
        else if (verb === "require") draft.problem("a requirement without a version", span);
        continue;
      }
      const replaced = replacements.find(
        (one) => one.from === module.text && (one.of ?? version.text) === version.text,
      );
      // What is built is what stands on the line of the replacement.
      const place = replaced ?? { span, name: module, version };
      const isFolder = place.version === undefined;
      const name = isFolder ? module.text : place.name.text;
      const key = `${name}@${place.version?.text ?? ""}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const source: PackageSource = isFolder
        ? { kind: "path", path: place.name.text }
        : { kind: "registry" };
      draft.add({
        name,
        version: place.version?.text,
        kind: "requirement",
        scope: "main",
        direct: !/^\s*indirect\b/.test(comment),
        source,
        span: place.span,
        nameSpan: place.name,
        versionSpan: place.version,
      });
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

const VERBS = new Set([
  "module",
  "go",
  "toolchain",
  "godebug",
  "require",
  "replace",
  "exclude",
  "retract",
  "tool",
  "ignore",
]);

/** `old [version] => new version`, or a folder without a version. */
function replacementIn({ words, span }: Directive) {
  const arrow = words.findIndex(({ text }) => text === "=>");
  const [from, of] = words.slice(0, Math.max(0, arrow));
  const [name, version] = words.slice(arrow + 1);
  if (arrow < 1 || from === undefined || name === undefined) return [];
  return [{ from: from.text, of: of?.text, name, version, span }];
}

function* directivesIn(draft: Draft): Generator<Directive> {
  const { text } = draft;
  let block: (Span & { readonly verb: string }) | undefined;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const stop = found < 0 ? text.length : found;
    const line = text.slice(start, stop);
    const [code = "", ...comments] = line.split("//");
    const words = [...code.matchAll(/"[^"]*"|`[^`]*`|[^\s()"`]+|[()]/g)].map((word) => ({
      text: word[0].replace(/^(["`])(.*)\1$/, "$2"),
      start: start + word.index,
      end: start + word.index + word[0].length,
    }));
    start = stop + 1;
    const [first] = words;
    const last = words.at(-1);
    if (first === undefined || last === undefined) continue;
    if (first.text === ")") {
      block = undefined;
      continue;
    }
    if (block === undefined && last.text === "(" && words.length === 2) {
      block = { verb: first.text, start: first.start, end: last.end };
      continue;
    }
    const isEmptyBlock = words.length === 3 && words[1]?.text === "(" && last.text === ")";
    if (block === undefined && isEmptyBlock) continue;
    const span = { start: first.start, end: last.end };
    const comment = comments.join("//");
    if (block !== undefined) yield { verb: block.verb, words, comment, span };
    else yield { verb: first.text, words: words.slice(1), comment, span };
  }
  if (block !== undefined) draft.problem("a block that does not end", block);
}
