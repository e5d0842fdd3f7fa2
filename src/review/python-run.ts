import type { PythonUnit } from "../analyzers/index.ts";
import { lineStarts } from "../core/edits.ts";
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
  const called = ascending(renamed ? lines : [...lines, ...callersOf(file, lines)]);
  const functions: { startLine: number; endLine: number; ran: boolean }[] = [];
  interpreter.runFunctions(path, (startLine, endLine) => {
    const ran = renamed || isWithin(called, startLine, endLine);
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
  const functions = [...functionsIn(file.body, prefixesIn(file.text)), ...tablesIn(file.body)];
  const callers = new Set<number>();
  const known = new Set<string>();
  const linesWith = wordLines(file);
  let fresh: readonly number[] = ascending(lines);
  for (let round = 0; round < CALLER_ROUNDS && fresh.length > 0; round++) {
    const reached = functions.filter(
      ({ call, startLine, endLine }) => !known.has(call) && isWithin(fresh, startLine, endLine),
    );
    for (const { call } of reached) known.add(call);
    if (reached.length === 0) break;
    const called = new RegExp([...new Set(reached.map(({ call }) => call))].join("|"));
    fresh = linesWith(new Set(reached.flatMap(({ words }) => words))).filter((line) => {
      const text = file.lines[line - 1] ?? "";
      return (
        !callers.has(line) && called.test(text) && !/^\s*(?:async\s+)?(?:def|class)\s/.test(text)
      );
    });
    for (const line of fresh) callers.add(line);
  }
  return [...callers];
}

function ascending(lines: readonly number[]): readonly number[] {
  return [...lines].sort((a, b) => a - b);
}

/** True where one of some ascending lines is one of a stretch. */
function isWithin(lines: readonly number[], startLine: number, endLine: number): boolean {
  const line = lines[lowest(lines.length, (index) => (lines[index] ?? 0) >= startLine)];
  return line !== undefined && line <= endLine;
}

/** For more words than this a text is not searched for each. */
const MAX_SEARCHED = 60;

/** Finds the lines, ascending, on which some of a few words stand; told many words, it gives all lines. */
function wordLines({ text, lines }: ModuleFile): (words: ReadonlySet<string>) => readonly number[] {
  const starts = lineStarts(text);
  return (words) => {
    if (words.size > MAX_SEARCHED) return lines.map((_, index) => index + 1);
    const found = new Set<number>();
    for (const word of words)
      for (let at = text.indexOf(word); at >= 0; ) {
        const line = lowest(starts.length, (index) => (starts[index] ?? 0) > at);
        found.add(line);
        const next = starts[line];
        at = next === undefined ? -1 : text.indexOf(word, next);
      }
    return [...found].sort((a, b) => a - b);
  };
}

interface Callable {
  /** The pattern of a call. */
  readonly call: string;
  /** On a line that matches, one of these stands. */
  readonly words: readonly string[];
  readonly startLine: number;
  readonly endLine: number;
}

/**
 * Functions and methods, and what a call of them looks like: of a function also what has it called, `task.delay(…)`,
 * `submit(task, …)`, or puts it into a table; of a method, where the object is surely of its class.
 */
function functionsIn(
  body: readonly Statement[],
  prefixes: readonly string[],
  owner?: string,
): readonly Callable[] {
  return body.flatMap((node) => {
    if (node.nodeType === "ClassDef") return functionsIn(node.body, prefixes, node.name);
    if (node.nodeType !== "FunctionDef" && node.nodeType !== "AsyncFunctionDef")
      return blocksOf(node).flatMap((block) => functionsIn(block, prefixes, owner));
    const { name } = node;
    const chosen =
      owner === undefined
        ? []
        : prefixes.filter((prefix) => name.startsWith(prefix)).map(BY_PREFIX);
    const call =
      owner === undefined
        ? `\\b${name}\\s*(?:\\.\\w+)?\\(|[(,=:]\\s*${name}\\s*[,)}]`
        : `\\b(?:self|cls|super\\(\\))\\.${name}\\(|\\b${owner}\\s*[(.]`;
    const words =
      owner === undefined ? [name] : [name, owner, ...(chosen.length > 0 ? ["getattr"] : [])];
    const found = {
      call: [call, ...chosen].join("|"),
      words,
      startLine: node.lineno,
      endLine: endOf(node),
    };
    return [found, ...functionsIn(node.body, prefixes)];
  });
}

/** How a method is chosen whose name begins so: `getattr(self, "show_" + kind)`. */
const BY_PREFIX = (prefix: string): string =>
  `\\bgetattr\\(\\s*(?:self|cls)\\s*,\\s*f?["']${prefix}`;
const CHOSEN = new RegExp(BY_PREFIX("([A-Za-z_]\\w*)"), "g");

/** How the names of methods begin that a text chooses by the rest of their names. */
function prefixesIn(text: string): readonly string[] {
  if (!text.includes("getattr(")) return [];
  return [...new Set([...text.matchAll(CHOSEN)].map(([, prefix = ""]) => prefix))];
}

/** Dicts of a module or class, which may hold functions, and what taking one out looks like. */
function tablesIn(body: readonly Statement[]): readonly Callable[] {
  return body.flatMap((node) => {
    if (node.nodeType === "ClassDef") return tablesIn(node.body);
    if (node.nodeType !== "Assign" || node.value.nodeType !== "Dict") return [];
    const lines = { startLine: node.lineno, endLine: endOf(node) };
    return node.targets.flatMap((target) =>
      target.nodeType === "Name"
        ? { call: `\\b${target.id}\\s*(?:\\[|\\.get\\()`, words: [target.id], ...lines }
        : [],
    );
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
