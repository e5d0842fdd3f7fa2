import type { PythonUnit } from "../analyzers/index.ts";
import type { Region } from "../core/finding.ts";
import {
  blocksOf,
  type CallObservation,
  type FunctionValue,
  Interpreter,
  type ModuleFile,
  type Statement,
} from "../python/index.ts";
import { lowest } from "./hit.ts";
import type { TreeProject } from "./project.ts";

/** How far up callers in the same file are looked at: from a helper to the one that calls who calls it. */
const CALLER_ROUNDS = 3;
/** A line that gives something another name: `import a as b`, one line of a longer import, `run = subprocess.run`. */
const RENAMES =
  /^\s*(?:from|import)\s.*\sas\s|^\s*\w+\s+as\s+\w+\s*,?\s*(?:#.*)?$|^\w+\s*=\s*(?:[\w.]+\s*(?:#.*)?$|(?:functools\.)?partial\(|lambda\b|[{[(]\s*$)/;

/** What of a file is to be run. */
interface Wanted {
  /** Lines on which words stand for which it is run. */
  readonly lines: readonly number[];
  /** Modules that data goes through. */
  readonly entered: ReadonlySet<string>;
}

export interface PythonRun extends PythonUnit {
  /** True for a place in a function that was not run. */
  leftOut(region: Region): boolean;
}

/** Runs a file's top level, and those of its functions that hold or reach a trigger word; given lines, those of them alone. */
export function runPython(
  path: string,
  project: TreeProject,
  open: Wanted,
  only?: ReadonlySet<number>,
): PythonRun | undefined {
  const file = project.file(path);
  if (file === undefined) return undefined;
  const lines = only === undefined ? open.lines : [...only];
  const calls: CallObservation[] = [];
  const runs: { function: FunctionValue; from: number }[] = [];
  const interpreter = new Interpreter(project, {
    eager: false,
    entered: open.entered,
    observe: (call) => calls.push(call),
    runs: (value) => runs.push({ function: value, from: calls.length }),
  });
  interpreter.module(path);
  // Under another name a function may be called on lines that hold no trigger word.
  const renamed = open.lines.some((line) => RENAMES.test(file.lines[line - 1] ?? ""));
  const called = renamed ? lines : [...lines, ...callersOf(file, lines)];
  const functions: { startLine: number; endLine: number; ran: boolean }[] = [];
  interpreter.runFunctions(path, (startLine, endLine) => {
    const ran = renamed || called.some((line) => line >= startLine && line <= endLine);
    functions.push({ startLine, endLine, ran });
    return ran;
  });
  const leftOut = ({ startLine: line }: Region) => {
    const around = functions.filter((one) => line >= one.startLine && line <= one.endLine);
    return around.length > 0 && !around.some((one) => one.ran);
  };
  return { file, interpreter, calls, runs, leftOut };
}

/**
 * Lines on which a function is called that holds one of the given lines, or calls one that does: data may come from there. By
 * name alone, which finds more than there are.
 */
function callersOf(file: ModuleFile, lines: readonly number[]): number[] {
  const functions = functionsIn(file.body);
  const callers = new Set<number>();
  const known = new Set<string>();
  let fresh: readonly number[] = lines;
  for (let round = 0; round < CALLER_ROUNDS && fresh.length > 0; round++) {
    const calls = functions
      .filter((one) => fresh.some((line) => line >= one.startLine && line <= one.endLine))
      .map((one) => one.call)
      .filter((call) => !known.has(call));
    for (const call of calls) known.add(call);
    if (calls.length === 0) break;
    const called = new RegExp([...new Set(calls)].join("|"));
    fresh = file.lines.flatMap((line, index) =>
      !callers.has(index + 1) && called.test(line) && !/^\s*(?:async\s+)?(?:def|class)\s/.test(line)
        ? [index + 1]
        : [],
    );
    for (const line of fresh) callers.add(line);
  }
  return [...callers];
}

/**
 * Functions and methods, and the pattern of a call: of a function also one that has it called, `task.delay(…)`, `submit(task, …)`; of a
 * method, where the object is surely of its class.
 */
function functionsIn(
  body: readonly Statement[],
  owner?: string,
): { readonly call: string; readonly startLine: number; readonly endLine: number }[] {
  return body.flatMap((node) => {
    if (node.nodeType === "ClassDef") return functionsIn(node.body, node.name);
    if (node.nodeType !== "FunctionDef" && node.nodeType !== "AsyncFunctionDef")
      return blocksOf(node).flatMap((block) => functionsIn(block, owner));
    const call =
      owner === undefined
        ? `\\b${node.name}\\s*(?:\\.\\w+)?\\(|[(,=]\\s*${node.name}\\s*[,)]`
        : `\\b(?:self|cls|super\\(\\))\\.${node.name}\\(|\\b${owner}\\s*[(.]`;
    return [{ call, startLine: node.lineno, endLine: endOf(node) }, ...functionsIn(node.body)];
  });
}

/** The lines of the innermost statement around a region; of a compound one, those of its head. */
export function statementAround(
  body: readonly Statement[],
  region: Region,
): { startLine: number; endLine: number } {
  let lines = { startLine: region.startLine, endLine: region.endLine };
  const descend = (statements: readonly Statement[]) => {
    const line = region.startLine;
    const at = lowest(statements.length, (index) => endOf(statements[index]) >= line);
    const node = statements[at];
    if (node === undefined || node.lineno > line) return;
    const inner = blocksOf(node);
    const first = inner.find((block) => block.length > 0)?.[0];
    lines = {
      startLine: node.lineno,
      endLine: Math.max(region.endLine, first === undefined ? endOf(node) : first.lineno - 1),
    };
    if (first === undefined || first.lineno <= line) for (const block of inner) descend(block);
  };
  descend(body);
  return { startLine: Math.min(lines.startLine, region.startLine), endLine: lines.endLine };
}

function endOf(node: Statement | undefined): number {
  return node?.end_lineno ?? node?.lineno ?? 0;
}
