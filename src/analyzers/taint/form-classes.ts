/** Where the class of a form stands, and the classes of the tree that it extends: what another form says of a name is no matter then. */
import { lineStarts } from "../../core/edits.ts";
import type { ClassValue, SymbolValue, Value } from "../../python/index.ts";
import type { Project } from "../analyzer.ts";
import { definitionsIn } from "./importers.ts";
import { importsIn, modulesAt } from "./sources.ts";

/** A class in the text of its module. */
export interface ClassExtent {
  readonly path: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** How far its object is from what data is taken from. */
const MAX_STEPS = 4;
/** A form extends fewer classes. */
const MAX_CLASSES = 20;

/**
 * The classes of the tree that data of a form was declared in, where it was taken from an object of a class that is known;
 * undefined where that, or a class that it extends, is not found.
 */
export function classesOfForm(
  holder: SymbolValue,
  project: Project,
): readonly ClassExtent[] | undefined {
  let at: Value | undefined = holder;
  // `Form(data).cleaned_data`, `Schema().load(data)`
  for (let steps = 0; at?.kind === "symbol" && steps < MAX_STEPS; steps++) {
    if (at.imported !== undefined) return new Chain(project).of(at);
    at = at.base;
  }
  return at?.kind === "instance" ? new Chain(project).of(at.class) : undefined;
}

class Chain {
  readonly #project: Project;
  readonly #found = new Map<string, ClassExtent>();

  constructor(project: Project) {
    this.#project = project;
  }

  of(made: Value): readonly ClassExtent[] | undefined {
    const isWhole = this.#add(made) && this.#found.size > 0;
    return isWhole ? [...this.#found.values()] : undefined;
  }

  /** False where it is not known what a class declares. */
  #add(made: Value): boolean {
    if (made.kind === "class") return this.#addClass(made);
    if (made.kind !== "symbol") return false;
    return made.imported === undefined || this.#addNamed(made.imported.path, made.imported.name);
  }

  #addClass({ file, node, bases }: ClassValue): boolean {
    const first = node.lineno ?? 1;
    if (!this.#note(file.path, file.text, first, node.end_lineno ?? first)) return true;
    return this.#found.size <= MAX_CLASSES && bases.every((base) => this.#add(base));
  }

  #addNamed(path: string, name: string): boolean {
    const text = this.#project.read(path) ?? "";
    const definition = definitionsIn(text).find((one) => one.name === name);
    const heading = /^class\s+\w+\s*(?:\(([^)]*)\))?:/m.exec(definition?.text ?? "");
    if (definition === undefined || heading === null) return false;
    const [, written] = heading;
    const last = definition.line + definition.text.split("\n").length - 1;
    if (!this.#note(path, text, definition.line, last)) return true;
    const bases = (written ?? "").split(",").map((one) => /([\w.]+)\s*$/.exec(one)?.[1] ?? "");
    return (
      this.#found.size <= MAX_CLASSES &&
      bases.every((base) => base === "" || this.#addBase(path, text, base))
    );
  }

  #addBase(path: string, text: string, base: string): boolean {
    const [first = "", name] = base.split(".");
    if (name === undefined && definitionsIn(text).some((one) => one.name === first))
      return this.#addNamed(path, first);
    const project = this.#project;
    const modules = importsIn(text)
      .filter(({ names }) => names.includes(first))
      .flatMap(({ dotted, level }) => modulesAt(project, path, dotted, level, [first]));
    // What comes from no module of the tree declares nothing there.
    return modules.length === 0 || modules.some((one) => this.#addNamed(one, name ?? first));
  }

  /** False where the class was seen before. */
  #note(path: string, text: string, first: number, last: number): boolean {
    const key = `${path}:${first}`;
    if (this.#found.has(key)) return false;
    const starts = lineStarts(text);
    const start = starts[first - 1] ?? 0;
    this.#found.set(key, { path, text, start, end: starts[last] ?? text.length });
    return true;
  }
}

/** A text as long as another one in which only some of its classes stand, where they do. */
export function withinClasses(path: string, text: string, classes: readonly ClassExtent[]): string {
  const parts: string[] = [];
  let at = 0;
  const own = classes.filter((one) => one.path === path).sort((a, b) => a.start - b.start);
  for (const { start, end } of own) {
    parts.push(blank(text.slice(at, Math.max(at, start))), text.slice(Math.max(at, start), end));
    at = Math.max(at, end);
  }
  return [...parts, blank(text.slice(at))].join("");
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}
