/**
 * setup.py is a program, so it is evaluated, not searched: lists that are added up, changed or chosen by a condition have values,
 * and each string knows where it stands. Nothing of it runs.
 */

import type { Span } from "../../core/document.ts";
import { lineStarts } from "../../core/edits.ts";
import { joinModels } from "../../core/models.ts";
import {
  alternativesOf,
  asString,
  type CallObservation,
  Interpreter,
  ModuleFile,
  type Placed,
  type Value,
  walk,
} from "../../python/index.ts";
import type { ManifestFormat, Package } from "../package.ts";
import { Draft } from "./draft.ts";
import { fieldsOf, parseRequirement, scopeOfGroup } from "./requirement.ts";

/** The arguments of setuptools' `setup()` that hold requirements. */
export const setupPy = {
  id: "setup-py",
  ecosystem: "PyPI",
  role: "manifest",
  tool: "pip",
  matches: (path) => /(?:^|\/)setup\.py$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    if (!text.includes("setup")) return draft.finish();
    const file = new ModuleFile(path, text);
    for (const { startLine, reason } of file.unread) {
      const start = lineStarts(text)[startLine - 1] ?? 0;
      draft.problem(reason, { start, end: start + 1 });
    }
    const reader: Reader = { draft, file, starts: lineStarts(text), seen: new Set() };
    const interpreter = new Interpreter(
      {
        models: joinModels([]),
        resolve: (_, name) => ({ kind: "external", name, absent: false }),
        // The file is run as a program, so what stands under `if __name__ == "__main__"` counts.
        nameOf: () => "__main__",
        file: (wanted) => (wanted === path ? file : undefined),
      },
      { eager: false, observe: (call) => readCall(reader, call) },
    );
    interpreter.module(path);
    return draft.finish();
  },
} as const satisfies ManifestFormat;

type Place = Pick<Package, "scope"> & Partial<Pick<Package, "group">>;

interface Reader {
  readonly draft: Draft;
  readonly file: ModuleFile;
  /** Offsets of the lines. */
  readonly starts: readonly number[];
  /** Offsets of the strings that were read, each once. */
  readonly seen: Set<number>;
}

const LISTS: ReadonlyMap<string, Place> = new Map([
  ["install_requires", { scope: "main" }],
  ["tests_require", { scope: "test", group: "tests_require" }],
  ["setup_requires", { scope: "dev", group: "setup_requires" }],
]);

function readCall(reader: Reader, call: CallObservation): void {
  const { callee } = call;
  if (callee.kind !== "symbol" || !/(?:^|\.)setup$/.test(callee.name)) return;
  for (const [keyword, place] of LISTS) {
    const value = call.arguments.keywords.get(keyword);
    if (value === undefined) continue;
    const isWhole = addValue(reader, value, place);
    if (!isWhole)
      for (const node of mayHold(call.site.node, keyword, reader)) addNode(reader, node, place);
  }
  const extras = call.arguments.keywords.get("extras_require");
  for (const value of extras === undefined ? [] : alternativesOf(extras)) {
    if (value.kind !== "dict") continue;
    for (const entry of value.contents.content.entries.values()) {
      // `extra:marker`; an empty extra is a condition on what is always installed.
      const group = (asString(entry.key) ?? "").split(":", 1)[0] ?? "";
      const scope = group === "" ? "main" : scopeOfGroup(group, "extra");
      addValue(reader, entry.value, { scope, ...(group !== "" && { group }) });
    }
  }
}

/** Adds what a list holds; false where it may hold more than is known. */
function addValue(reader: Reader, value: Value, place: Place): boolean {
  let isWhole = true;
  for (const one of alternativesOf(value)) {
    if (one.kind !== "sequence") {
      if (asString(one) === undefined) isWhole = false;
      addText(reader, one, place);
      continue;
    }
    const { items, open } = one.contents.content;
    if (open) isWhole = false;
    for (const item of items) for (const text of alternativesOf(item)) addText(reader, text, place);
  }
  return isWhole;
}

function addText(reader: Reader, value: Value, place: Place): void {
  const written = asString(value);
  const node = value.site?.node;
  if (written !== undefined && node !== undefined) addStrings(reader, written, node, place);
  else if (value.kind !== "constant")
    reader.draft.problem("requirements that are computed", node && spanOf(reader, node));
}

/** A string is one requirement, or several on lines of their own. */
function addStrings(reader: Reader, written: string, node: Placed, place: Place): void {
  const { draft, seen } = reader;
  const whole = spanOf(reader, node);
  if (seen.has(whole.start)) return;
  seen.add(whole.start);
  const inner = draft.text.slice(whole.start, whole.end).indexOf(written);
  for (const found of written.matchAll(/[^\r\n]+/g)) {
    if (/^\s*(?:#|$)/.test(found[0])) continue;
    const start = inner < 0 ? 0 : whole.start + inner + found.index;
    const requirement =
      inner < 0
        ? parseRequirement(found[0], 0, found[0].length)
        : parseRequirement(draft.text, start, start + found[0].length);
    if (requirement === undefined) {
      draft.problem("not a requirement that pip would read", whole);
      continue;
    }
    const { nameSpan, versionSpan, ...fields } = fieldsOf(requirement);
    draft.add({
      ...fields,
      ...place,
      kind: "requirement",
      direct: true,
      span: found[0] === written || inner < 0 ? whole : { start, end: start + found[0].length },
      ...(inner >= 0 && { nameSpan, versionSpan }),
    });
  }
}

/**
 * The strings that a program may put into the list that it hands over, whatever the way that it takes: where branches meet, the
 * evaluator keeps only what is sure. Literal lists count, what is appended to a name, and the names that those name in turn.
 */
function* mayHold(call: Placed, keyword: string, { file }: Reader): Generator<Placed> {
  const names = new Set<string>();
  for (const argument of nodes(field(call, "keywords"))) {
    if (field(argument, "arg") === keyword) yield* stringsIn(field(argument, "value"), names);
  }
  const all = file.body.flatMap((statement) => [...walk(statement)]);
  // The set grows while it is walked.
  for (const name of names) {
    const isName = (node: unknown) =>
      isNode(node) && node.nodeType === "Name" && field(node, "id") === name;
    for (const node of all) {
      const method = node.nodeType === "Call" ? field(node, "func") : undefined;
      if (isNode(method) && method.nodeType === "Attribute" && isName(field(method, "value"))) {
        for (const argument of nodes(field(node, "args"))) {
          if (argument.nodeType === "Constant") yield argument;
          else yield* stringsIn(argument, names);
        }
      } else if (node.nodeType === "AugAssign" && isName(field(node, "target"))) {
        yield* stringsIn(field(node, "value"), names);
      } else if (node.nodeType === "Assign" && nodes(field(node, "targets")).some(isName)) {
        yield* stringsIn(field(node, "value"), names);
      }
    }
  }
}

/** The strings of literal lists in an expression; names in it are noted, calls are not entered. */
function* stringsIn(node: unknown, names: Set<string>): Generator<Placed> {
  if (!isNode(node)) return;
  switch (node.nodeType) {
    case "List":
    case "Tuple":
    case "Set":
      for (const item of nodes(field(node, "elts"))) {
        if (item.nodeType === "Constant") yield item;
      }
      return;
    case "BinOp":
      yield* stringsIn(field(node, "left"), names);
      yield* stringsIn(field(node, "right"), names);
      return;
    case "IfExp":
      yield* stringsIn(field(node, "body"), names);
      yield* stringsIn(field(node, "orelse"), names);
      return;
    case "Name": {
      const name = field(node, "id");
      if (typeof name === "string") names.add(name);
    }
  }
}

function addNode(reader: Reader, node: Placed, place: Place): void {
  const value = field(node, "value");
  if (typeof value === "string") addStrings(reader, value, node, place);
}

function nodes(value: unknown): Placed[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function isNode(value: unknown): value is Placed {
  return typeof value === "object" && value !== null && "nodeType" in value;
}

function field(node: object, name: string): unknown {
  return Object.entries(node).find(([key]) => key === name)?.[1];
}

function spanOf({ file, starts }: Reader, node: Placed): Span {
  const region = file.region(node);
  return {
    start: (starts[region.startLine - 1] ?? 0) + region.startColumn - 1,
    end: (starts[region.endLine - 1] ?? 0) + region.endColumn,
  };
}
