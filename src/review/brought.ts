/**
 * Findings of lines that a change does not touch, which it brings all the same by what it writes elsewhere: `SECURE = flag("SECURE")`
 * beside another default of `flag`. A reviewer is told of them where the change says what is wrong.
 */
import { importsIn, isPython } from "../analyzers/index.ts";
import { type Change, touches } from "../core/change.ts";
import type { Finding, Region } from "../core/finding.ts";
import { ModuleFile, type Statement } from "../python/index.ts";
import { lineRegion } from "./anchor.ts";
import { onAddedLine } from "./compare.ts";
import type { Hit } from "./hit.ts";

/** Names that stand for others are followed so far: the setting, the function that reads it, a function that it calls. */
const MAX_STEPS = 4;

/** A finding where the change says what is wrong with it, if it does. `textOf` gives files of head that are at hand. */
export function shownInChange(
  hit: Hit,
  changes: readonly Change[],
  textOf: (path: string) => string | undefined,
): Hit {
  const { finding } = hit;
  const own = changes.find(({ path }) => path === finding.path);
  if (!isPython(finding.path) || onAddedLine(finding, own)) return hit;
  const step = [...finding.trace, ...finding.related].find(({ path, region }) =>
    changes.some((one) => one !== own && one.path === path && isAdded(one, region)),
  );
  const place = step ?? definitionBehind(finding, changes, textOf);
  if (place === undefined) return hit;
  // Nobody can take a suggestion for the other file, and what is shown of it is not what was changed.
  const { proposal: _, ...rest } = hit;
  const { excerpt: __, fix: ___, ...shown } = finding;
  const { path, region } = finding;
  const related = finding.related.filter((one) => one !== step);
  const user = { path, region, message: "is where it is used" };
  return {
    ...rest,
    finding: { ...shown, path: place.path, region: place.region, related: [user, ...related] },
  };
}

function isAdded({ hunks = [] }: Change, { startLine, endLine }: Region): boolean {
  return hunks.some(({ added }) => touches(added, startLine, endLine));
}

interface Definition {
  readonly path: string;
  readonly name: string;
  readonly words: ReadonlySet<string>;
  /** What the change adds of it. */
  readonly added: Region | undefined;
}

/** The first line that a change adds to what the names on the lines of a finding stand for. */
function definitionBehind(
  { path, region }: Finding,
  changes: readonly Change[],
  textOf: (path: string) => string | undefined,
): { readonly path: string; readonly region: Region } | undefined {
  const own = textOf(path);
  if (own === undefined) return undefined;
  const imported = new Set(
    importsIn(own).flatMap(({ dotted, names }) => [...dotted.split("."), ...names]),
  );
  const others = changes.filter(
    (one) => isPython(one.path) && one.path !== path && imported.has(nameOf(one.path)),
  );
  const all = [...others, { path }];
  const definitions = all.flatMap((change) => definitionsIn(change, textOf(change.path)));
  const lines = own.split("\n").slice(region.startLine - 1, region.endLine);
  let words = wordsIn(lines.join("\n"));
  for (let step = 0; step < MAX_STEPS; step++) {
    const named = definitions.filter(({ name }) => words.has(name));
    const changed = named.find(({ added }) => added !== undefined);
    if (changed?.added !== undefined) return { path: changed.path, region: changed.added };
    words = new Set([...words, ...named.flatMap((one) => [...one.words])]);
  }
  return undefined;
}

/** What stands at the left edge of a module, and gives something a name. */
function definitionsIn(
  change: Pick<Change, "path" | "hunks">,
  text: string | undefined,
): Definition[] {
  if (text === undefined) return [];
  const lines = text.split("\n");
  return new ModuleFile(change.path, text).body.flatMap((node) => {
    const [start, end] = [node.lineno, node.end_lineno ?? node.lineno];
    const words = wordsIn(lines.slice(start - 1, end).join("\n"));
    const line = (change.hunks ?? [])
      .flatMap(({ added }) => added)
      .filter((range) => range.start <= end && range.end >= start)
      .map((range) => Math.max(range.start, start))[0];
    const added = line === undefined ? undefined : lineRegion(line, lines);
    return namesOf(node).map((name) => ({ path: change.path, name, words, added }));
  });
}

function namesOf(node: Statement): readonly string[] {
  if (/^(?:FunctionDef|AsyncFunctionDef|ClassDef)$/.test(node.nodeType) && "name" in node)
    return typeof node.name === "string" ? [node.name] : [];
  const targets =
    node.nodeType === "Assign" ? node.targets : node.nodeType === "AnnAssign" ? [node.target] : [];
  return targets.flatMap((one) => (one.nodeType === "Name" ? [one.id] : []));
}

function wordsIn(text: string): ReadonlySet<string> {
  return new Set(text.match(/\b[A-Za-z_]\w*/g));
}

/** The last part of a module's dotted name. */
function nameOf(path: string): string {
  return (
    path
      .replace(/(?:\/__init__)?\.py$/, "")
      .split("/")
      .at(-1) ?? ""
  );
}
