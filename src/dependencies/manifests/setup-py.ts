/**
 * setup.py is a program, so it is evaluated, not searched: lists that are added up, changed or chosen by a condition have values,
 * and each string knows where it stands. Nothing of it runs.
 */

import { lineStarts } from "../../core/edits.ts";
import type { Region } from "../../core/finding.ts";
import { joinModels } from "../../core/models.ts";
import {
  alternativesOf,
  asString,
  type CallObservation,
  Interpreter,
  ModuleFile,
  type Value,
} from "../../python/index.ts";
import type { ManifestFormat, Package } from "../package.ts";
import type { Span } from "./document.ts";
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
    for (const { startLine, reason } of file.unread)
      draft.problem(
        reason,
        spanOf(text, { startLine, startColumn: 1, endLine: startLine, endColumn: 1 }),
      );
    const interpreter = new Interpreter(
      {
        models: joinModels([]),
        resolve: (_, name) => ({ kind: "external", name, absent: false }),
        // The file is run as a program, so what stands under `if __name__ == "__main__"` counts.
        nameOf: () => "__main__",
        file: (wanted) => (wanted === path ? file : undefined),
      },
      { eager: false, observe: (call) => readCall(draft, call) },
    );
    interpreter.module(path);
    return draft.finish();
  },
} as const satisfies ManifestFormat;

type Place = Pick<Package, "scope"> & Partial<Pick<Package, "group">>;

const LISTS: ReadonlyMap<string, Place> = new Map([
  ["install_requires", { scope: "main" }],
  ["tests_require", { scope: "test", group: "tests_require" }],
  ["setup_requires", { scope: "dev", group: "setup_requires" }],
]);

function readCall(draft: Draft, call: CallObservation): void {
  const { callee } = call;
  if (callee.kind !== "symbol" || !/(?:^|\.)setup$/.test(callee.name)) return;
  for (const [keyword, place] of LISTS) {
    const value = call.arguments.keywords.get(keyword);
    if (value !== undefined) addValue(draft, value, place);
  }
  const extras = call.arguments.keywords.get("extras_require");
  for (const value of extras === undefined ? [] : alternativesOf(extras)) {
    if (value.kind !== "dict") continue;
    for (const entry of value.contents.content.entries.values()) {
      // `extra:marker`; an empty extra is a condition on what is always installed.
      const group = (asString(entry.key) ?? "").split(":", 1)[0] ?? "";
      const scope = group === "" ? "main" : scopeOfGroup(group, "extra");
      addValue(draft, entry.value, { scope, ...(group !== "" && { group }) });
    }
  }
}

function addValue(draft: Draft, value: Value, place: Place): void {
  for (const one of alternativesOf(value)) {
    if (one.kind === "sequence") {
      const { items } = one.contents.content;
      for (const item of items)
        for (const text of alternativesOf(item)) addText(draft, text, place);
    } else addText(draft, one, place);
  }
}

/** A string is one requirement, or several on lines of their own. */
function addText(draft: Draft, value: Value, place: Place): void {
  const written = asString(value);
  if (written === undefined || value.site === undefined) {
    if (value.kind !== "constant")
      draft.problem(
        "requirements that are computed",
        value.site && spanOf(draft.text, value.site.file.region(value.site.node)),
      );
    return;
  }
  const whole = spanOf(draft.text, value.site.file.region(value.site.node));
  const source = draft.text.slice(whole.start, whole.end);
  const inner = source.indexOf(written);
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

function spanOf(text: string, region: Region): Span {
  const starts = lineStarts(text);
  return {
    start: (starts[region.startLine - 1] ?? 0) + region.startColumn - 1,
    end: (starts[region.endLine - 1] ?? 0) + region.endColumn,
  };
}
