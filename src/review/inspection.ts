import { type FileUnit, isPython } from "../analyzers/index.ts";
import { type LineRange, touches } from "../core/change.ts";
import type { RawFinding, Step } from "../core/finding.ts";
import type { AppliedRules } from "./applied-rules.ts";
import type { Collector } from "./observed.ts";
import type { OpenFile } from "./open-file.ts";
import type { TreeProject } from "./project.ts";
import { type PythonRun, runPython } from "./python-run.ts";

/** Modules that one file's data is followed into. */
const MAX_ENTERED = 12;

/** Those of them that are entered before it is known which ones that are. */
const MAX_ENTERED_FIRST = 4;

/** Who asked for modules that were not entered, and for which lines. */
interface Asking {
  readonly inspectors: Set<number>;
  readonly lines: Set<number>;
}

/** Has all its analyzers look at one file, again where its data goes through modules that they ask to enter. */
export function inspectFile(
  applied: AppliedRules,
  file: OpenFile,
  project: TreeProject,
  result: Collector,
): void {
  const { path, text, entered, touched } = file;
  let python: PythonRun | undefined;
  let isExhausted = false;
  let current = -1;
  let before: ReadonlySet<string> = new Set(entered);
  let asking: Asking = { inspectors: new Set(), lines: new Set() };
  let told: readonly number[] | undefined;
  let lines: ReadonlySet<number> | undefined;
  const unit: FileUnit = {
    path,
    text,
    words: file.hits.words,
    triggers: file.hits.triggers,
    code: file.hits.code,
    project,
    ...(touched !== undefined && { isChanged: (one: string) => touched.has(one) }),
    python: () => {
      if (python !== undefined || !isPython(path)) return python;
      told ??= file.linesOf(
        file.inspectors.flatMap((index) => [...(applied.prepared[index]?.runsFor?.(unit) ?? [])]),
      );
      for (const index of file.inspectors)
        for (const module of applied.prepared[index]?.enters?.(unit) ?? [])
          if (entered.size < MAX_ENTERED_FIRST) entered.add(module);
      python = runPython(path, project, { lines: told, entered }, lines);
      return python;
    },
    enter: (module, line) => {
      if (entered.size < MAX_ENTERED) entered.add(module);
      if (before.has(module) || !entered.has(module)) return;
      asking.inspectors.add(current);
      asking.lines.add(line);
    },
  };
  const found = new Map<number, readonly RawFinding[]>();
  for (let inspectors: Iterable<number> = file.inspectors; ; ) {
    for (const index of inspectors) {
      current = index;
      const now = applied.inspect(index, unit, result);
      // What callers hand to the file may be found anew where the file's own functions were left out.
      const isAgain = (one: RawFinding) => now.some((other) => isSamePlace(one, other));
      const kept = found
        .get(index)
        ?.filter((one) => python?.leftOut(one.region) === true && !isAgain(one));
      found.set(index, [...(kept ?? []), ...now]);
    }
    isExhausted ||= python?.interpreter.exhausted === true;
    if (asking.inspectors.size === 0) break;
    // What is not read yet is read first; then the file is looked at again.
    if ([...entered].map((module) => project.file(module)).includes(undefined)) break;
    inspectors = asking.inspectors;
    lines = asking.lines;
    before = new Set(entered);
    asking = { inspectors: new Set(), lines: new Set() };
    python = undefined;
  }
  skipUnread(path, python, isExhausted, result);
  const raw = [...found.values()].flat();
  const shown = touched === undefined ? raw : raw.map((finding) => inChange(finding, touched));
  const parsed = () => python?.file ?? (isPython(path) ? project.file(path) : undefined);
  for (const at of new Set([path, ...shown.map((finding) => finding.path)])) {
    const own = shown.filter((finding) => finding.path === at);
    if (at === path) applied.finish(own, path, text, parsed, result);
    else applied.finish(own, at, project.read(at) ?? "", () => project.file(at), result);
  }
}

function isSamePlace(a: RawFinding, b: RawFinding): boolean {
  return (
    a.ruleId === b.ruleId &&
    a.path === b.path &&
    a.subject === b.subject &&
    a.region.startLine === b.region.startLine &&
    a.region.startColumn === b.region.startColumn
  );
}

/** Says what of a file was not understood. */
function skipUnread(
  path: string,
  python: PythonRun | undefined,
  isExhausted: boolean,
  result: Collector,
): void {
  for (const { startLine, endLine, reason } of python?.file.unread ?? []) {
    const lines = startLine === endLine ? `line ${startLine}` : `lines ${startLine} to ${endLine}`;
    result.skipped.push({ path, reason: `${lines} could not be parsed: ${reason}` });
  }
  if (isExhausted)
    result.skipped.push({ path, reason: "partly read: too much work to follow it all" });
}

/**
 * Shows a finding of a file that a change does not touch where the change hands on the data: there a reviewer can be told of it, and
 * a comment silences it. Nobody can take a suggestion for the other file.
 */
function inChange(
  { fix: _, ...raw }: RawFinding,
  touched: ReadonlyMap<string, readonly LineRange[]>,
): RawFinding {
  // A change of what lets the data in is what is asked about: of that it is sure.
  const entries = [raw.entry ?? []].flat().filter((one) => touched.has(one.path));
  const trace = [...entries, ...(raw.trace ?? [])];
  const finding = { ...raw, trace, ...(entries.length > 0 && { confidence: "high" as const }) };
  // What makes the object comes last: of data that a change hands on more is to be said.
  const steps = [...trace, ...(raw.related ?? [])].filter((one) => touched.has(one.path));
  const isAdded = ({ path, region }: Step) =>
    touches(touched.get(path) ?? [], region.startLine, region.endLine);
  const step = steps.find(isAdded) ?? steps[0];
  if (step === undefined) return finding;
  const sink = { path: finding.path, region: finding.region, message: "is where it does harm" };
  return {
    ...finding,
    path: step.path,
    region: step.region,
    related: [sink, ...(finding.related ?? []).filter((one) => one !== step)],
  };
}
